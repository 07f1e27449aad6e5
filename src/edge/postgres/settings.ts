import { sql } from 'kysely';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Json } from '../../core/model/json.ts';
import type { Settings } from '../../core/ports/store.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

export function settingsIn({ db, tenant }: Scope): Settings {
  return {
    async get(name) {
      const row = await db
        .selectFrom('settings')
        .select('value')
        .where('tenant_id', '=', tenant)
        .where('name', '=', pgText(name))
        .executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.value) as Json);
    },
    async set(name, value, at, by) {
      const values = { value: canonicalJson(value), at, by_whom: pgText(by) };
      const key = pgText(name);
      await db
        .insertInto('settings')
        .values({ tenant_id: tenant, name: key, ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'name']).doUpdateSet(values))
        .execute();
      await sql`
        insert into jobzero.settings_history (tenant_id, name, seq, value, at, by_whom)
        select ${tenant}, ${key}, coalesce(max(seq), 0) + 1, ${values.value}, ${at}, ${values.by_whom}
        from jobzero.settings_history where tenant_id = ${tenant} and name = ${key}`.execute(db);
    },
    async history(name, limit) {
      const rows = await db
        .selectFrom('settings_history')
        .select(['seq', 'value', 'at', 'by_whom'])
        .where('tenant_id', '=', tenant)
        .where('name', '=', pgText(name))
        .orderBy('seq', 'desc')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ n: row.seq, value: JSON.parse(row.value) as Json, at: row.at, by: row.by_whom }));
    },
    async list(prefix) {
      const rows = await db
        .selectFrom('settings')
        .select(['name', 'value', 'at', 'by_whom'])
        .where('tenant_id', '=', tenant)
        .where(sql<boolean>`starts_with(name, ${pgText(prefix)})`)
        .orderBy('name')
        .execute();
      return rows.map((row) => ({ name: row.name, value: JSON.parse(row.value) as Json, at: row.at, by: row.by_whom }));
    },
  };
}
