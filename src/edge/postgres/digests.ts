import { sql } from 'kysely';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Json } from '../../core/model/json.ts';
import type { Digests } from '../../core/ports/store.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

/** `onLock` hears which keys a transaction wants, so that its retry can queue for them. */
export function digestsIn({ db, tenant }: Scope, onLock: (keys: readonly string[]) => void = () => {}): Digests {
  return {
    async lock(keys) {
      if (keys.length === 0) return [];
      onLock(keys);
      const rows = await db
        .selectFrom('digests')
        .select(['key', 'rule', 'bucket', 'state'])
        .where('tenant_id', '=', tenant)
        .where(sql<boolean>`key = any(${[...keys]}::text[])`)
        .orderBy('key')
        .forUpdate()
        .execute();
      return rows.map((row) => ({ ...row, state: JSON.parse(row.state) as Json }));
    },
    async put(rows) {
      if (rows.length === 0) return;
      const sorted = [...new Map(rows.map((row) => [row.key, row])).values()].sort((a, b) => (a.key < b.key ? -1 : 1));
      await sql`
        insert into jobzero.digests (tenant_id, key, rule, bucket, state)
        select ${tenant}, * from unnest(${sorted.map((row) => row.key)}::text[], ${sorted.map((row) => pgText(row.rule))}::text[],
          ${sorted.map((row) => row.bucket)}::bigint[], ${sorted.map((row) => canonicalJson(row.state))}::text[])
        on conflict (tenant_id, key) do update set rule = excluded.rule, bucket = excluded.bucket, state = excluded.state`.execute(db);
    },
    async evict(before) {
      const gone = await db.deleteFrom('digests').where('tenant_id', '=', tenant).where('bucket', '<', before).executeTakeFirst();
      await db
        .insertInto('digest_evictions')
        .values({ tenant_id: tenant, before })
        .onConflict((conflict) =>
          conflict.column('tenant_id').doUpdateSet({ before: sql`greatest(digest_evictions.before, excluded.before)` }),
        )
        .execute();
      return Number(gone.numDeletedRows);
    },
    async evictedBefore() {
      const row = await db.selectFrom('digest_evictions').select('before').where('tenant_id', '=', tenant).executeTakeFirst();
      return row?.before ?? 0;
    },
  };
}
