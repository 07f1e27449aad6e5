import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Json } from '../../core/model/json.ts';
import type { Item, Items } from '../../core/ports/items.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';
import type { Tables } from './tables.ts';

export function itemsIn({ db, tenant }: Scope): Items {
  const all = () => db.selectFrom('items').where('tenant_id', '=', tenant);
  const valuesOf = ({ state, dueAt, at, doc }: Item) => ({ state: pgText(state), due_at: dueAt, at, doc: canonicalJson(doc) });
  return {
    async get(kind, id) {
      const row = await all().selectAll().where('kind', '=', kind).where('id', '=', pgText(id)).executeTakeFirst();
      return row === undefined ? null : itemOf(row);
    },
    async add(item) {
      const made = await db
        .insertInto('items')
        .values({ tenant_id: tenant, kind: item.kind, id: pgText(item.id), ...valuesOf(item) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      return made.numInsertedOrUpdatedRows === 1n;
    },
    async move(item, from) {
      if (from.length === 0) return false;
      const moved = await db
        .updateTable('items')
        .set(valuesOf(item))
        .where('tenant_id', '=', tenant)
        .where('kind', '=', item.kind)
        .where('id', '=', pgText(item.id))
        .where('state', 'in', from.map(pgText))
        .executeTakeFirst();
      return moved.numUpdatedRows === 1n;
    },
    async list({ kind, state, dueBy, since, limit }) {
      if (state?.length === 0) return [];
      let query = all().selectAll().where('kind', '=', kind);
      if (state !== undefined) query = query.where('state', 'in', state.map(pgText));
      if (dueBy !== undefined) query = query.where('due_at', '<=', dueBy);
      if (since !== undefined) query = query.where('at', '>=', since);
      const rows = await query
        .orderBy(dueBy === undefined ? 'at' : 'due_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(itemOf);
    },
    async counts(kind) {
      const rows = await all()
        .select(['state', (of) => of.fn.countAll<string>().as('n')])
        .where('kind', '=', kind)
        .groupBy('state')
        .orderBy('state')
        .execute();
      return rows.map((row) => ({ state: row.state, n: Number(row.n) }));
    },
  };
}

function itemOf({ kind, id, state, due_at, at, doc }: Tables['items']): Item {
  return { kind, id, state, dueAt: due_at, at, doc: JSON.parse(doc) as Json };
}
