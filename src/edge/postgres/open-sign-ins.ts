import type { SignIns } from '../../core/ports/sign-ins.ts';
import { appPool } from './connections.ts';

/** Sign-ins of one tenant. `url` is that of the app role. Links and sessions that have expired are removed as new ones come. */
export async function openSignIns({
  url,
  tenant = 'default',
}: {
  readonly url: string;
  readonly tenant?: string;
}): Promise<SignIns & { close(): Promise<void> }> {
  const pool = appPool(url, 2);

  /** Runs one statement as the tenant; `$1` is the tenant. Returns its rows. */
  async function run<T extends object>(statement: string, values: readonly unknown[]): Promise<readonly T[]> {
    const client = await pool.connect();
    let broken = true;
    try {
      await client.query('begin');
      await client.query("select set_config('jobzero.tenant', $1, true)", [tenant]);
      const { rows } = await client.query<T>(statement, [tenant, ...values]);
      await client.query('commit');
      broken = false;
      return rows;
    } finally {
      client.release(broken);
    }
  }

  return {
    async issue(hash, expiresAt) {
      await run('insert into jobzero.sign_in_links (tenant_id, hash, expires_at) values ($1, $2, $3)', [hash, expiresAt]);
    },
    async spend(hash, now) {
      const spent = await run(
        'update jobzero.sign_in_links set spent_at = $3 where tenant_id = $1 and hash = $2 and spent_at is null and expires_at > $3 returning hash',
        [hash, now],
      );
      await run('delete from jobzero.sign_in_links where tenant_id = $1 and expires_at <= $2', [now]);
      await run('delete from jobzero.sign_in_sessions where tenant_id = $1 and expires_at <= $2', [now]);
      return spent.length === 1;
    },
    async openSession(hash, expiresAt) {
      await run('insert into jobzero.sign_in_sessions (tenant_id, hash, expires_at) values ($1, $2, $3)', [hash, expiresAt]);
    },
    async session(hash, now) {
      const rows = await run<{ expires_at: number }>(
        'select expires_at from jobzero.sign_in_sessions where tenant_id = $1 and hash = $2 and expires_at > $3',
        [hash, now],
      );
      return rows[0]?.expires_at ?? null;
    },
    async closeSession(hash) {
      await run('delete from jobzero.sign_in_sessions where tenant_id = $1 and hash = $2', [hash]);
    },
    close: () => pool.end(),
  };
}
