import { sql } from 'kysely';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Json } from '../../core/model/json.ts';
import type { Source } from '../../core/model/source.ts';
import type { Deliveries } from '../../core/ports/deliveries.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

export function deliveriesIn({ db, tenant }: Scope): Deliveries {
  const arrivals = () => db.selectFrom('arrivals').select(['source', 'account', 'region', 'day', 'state']).where('tenant_id', '=', tenant);
  const opened = <T extends { readonly source: string; readonly state: string }>(row: T) => ({
    ...row,
    source: row.source as Source,
    state: JSON.parse(row.state) as Json,
  });
  return {
    async lockArrivals(keys) {
      if (keys.length === 0) return [];
      const rows = await arrivals()
        .where(
          sql<boolean>`(source, account, region, day) in (select * from unnest(${keys.map(({ source }) => source)}::text[],
            ${keys.map(({ account }) => pgText(account))}::text[], ${keys.map(({ region }) => pgText(region))}::text[],
            ${keys.map(({ day }) => day)}::bigint[]))`,
        )
        .orderBy('source')
        .orderBy('account')
        .orderBy('region')
        .orderBy('day')
        .forUpdate()
        .execute();
      return rows.map(opened);
    },
    async putArrivals(rows) {
      if (rows.length === 0) return;
      await sql`
        insert into jobzero.arrivals (tenant_id, source, account, region, day, state)
        select ${tenant}, * from unnest(${rows.map(({ source }) => source)}::text[], ${rows.map(({ account }) => pgText(account))}::text[],
          ${rows.map(({ region }) => pgText(region))}::text[], ${rows.map(({ day }) => day)}::bigint[],
          ${rows.map(({ state }) => canonicalJson(state))}::text[]) order by 2, 3, 4, 5
        on conflict (tenant_id, source, account, region, day) do update set state = excluded.state`.execute(db);
    },
    async arrivalsSince(day) {
      const rows = await arrivals().where('day', '>=', day).orderBy('source').orderBy('account').orderBy('region').orderBy('day').execute();
      return rows.map(opened);
    },
    async latestDay() {
      const row = await db
        .selectFrom('arrivals')
        .select('day')
        .where('tenant_id', '=', tenant)
        .orderBy('day', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.day ?? null;
    },
    async putHashes(rows) {
      if (rows.length === 0) return;
      await sql`
        insert into jobzero.object_hashes (tenant_id, object, hash)
        select distinct ${tenant}, * from unnest(${rows.map(({ object }) => pgText(object))}::text[],
          ${rows.map(({ hash }) => hash)}::text[]) order by 2, 3
        on conflict do nothing`.execute(db);
    },
    async hashesOf(objects) {
      return db
        .selectFrom('object_hashes')
        .select(['object', 'hash'])
        .where('tenant_id', '=', tenant)
        .where(sql<boolean>`object = any(${objects.map(pgText)}::text[])`)
        .orderBy('object')
        .orderBy('hash')
        .execute();
    },
    async objectsBelow(prefix) {
      const rows = await db
        .selectFrom('object_hashes')
        .select('object')
        .distinct()
        .where('tenant_id', '=', tenant)
        // The first condition is what the index can use, the second what is meant.
        .where('object', '>=', pgText(prefix))
        .where(sql<boolean>`starts_with(object, ${pgText(prefix)})`)
        .orderBy('object')
        .execute();
      return rows.map(({ object }) => object);
    },
    async putDigest({ object, account, region, trail, end, doc }) {
      const values = { account: pgText(account), region: pgText(region), trail: pgText(trail), end_at: end, doc: canonicalJson(doc) };
      await db
        .insertInto('trail_digests')
        .values({ tenant_id: tenant, object: pgText(object), ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'object']).doUpdateSet(values))
        .execute();
    },
    async digestsSince(end) {
      const rows = await db
        .selectFrom('trail_digests')
        .select(['object', 'account', 'region', 'trail', 'end_at as end', 'doc'])
        .where('tenant_id', '=', tenant)
        .where('end_at', '>', end)
        .orderBy('account')
        .orderBy('region')
        .orderBy('trail')
        .orderBy('end_at')
        .orderBy('object')
        .execute();
      return rows.map((row) => ({ ...row, doc: JSON.parse(row.doc) as Json }));
    },
  };
}
