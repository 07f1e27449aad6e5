import type { Met, SignIns } from '../../core/ports/sign-ins.ts';
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
    async challenge({ hash, purpose, expiresAt }, now, most) {
      // What has expired is kept for as long again: who comes late is told so.
      await run('delete from jobzero.sign_in_challenges where tenant_id = $1 and expires_at <= $2', [now - (expiresAt - now)]);
      await run('delete from jobzero.sign_in_confirmations where tenant_id = $1 and expires_at <= $2', [now]);
      const made = await run(
        `insert into jobzero.sign_in_challenges (tenant_id, hash, purpose, expires_at) select $1::text, $2::text, $3::text, $4::bigint
         where (select count(*) from jobzero.sign_in_challenges
                where tenant_id = $1::text and purpose = $3::text and spent_at is null and expires_at > $5::bigint) < $6::int returning hash`,
        [hash, purpose, expiresAt, now, most],
      );
      return made.length === 1;
    },
    async meet(hash, purpose, now): Promise<Met> {
      const met = await run(
        `update jobzero.sign_in_challenges set spent_at = $4
         where tenant_id = $1 and hash = $2 and purpose = $3 and spent_at is null and expires_at > $4 returning hash`,
        [hash, purpose, now],
      );
      if (met.length === 1) return 'met';
      const [known] = await run<{ purpose: string; spent_at: number | null }>(
        'select purpose, spent_at from jobzero.sign_in_challenges where tenant_id = $1 and hash = $2',
        [hash],
      );
      if (known === undefined) return 'unknown';
      return known.purpose !== purpose ? 'another' : known.spent_at !== null ? 'spent' : 'expired';
    },
    async confirm(purpose, expiresAt) {
      await run(
        `insert into jobzero.sign_in_confirmations (tenant_id, purpose, expires_at) values ($1, $2, $3)
         on conflict (tenant_id, purpose) do update set expires_at = excluded.expires_at`,
        [purpose, expiresAt],
      );
    },
    async useConfirmed(purpose, now) {
      const used = await run<{ expires_at: number }>(
        'delete from jobzero.sign_in_confirmations where tenant_id = $1 and purpose = $2 returning expires_at',
        [purpose],
      );
      return used.some(({ expires_at: expiresAt }) => expiresAt > now);
    },
    close: () => pool.end(),
  };
}
