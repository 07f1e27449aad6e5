import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { InvariantError } from '../../core/model/errors.ts';
import type { Action, ActionState, Receipt } from '../../core/model/plan.ts';
import type { Actions } from '../../core/ports/store.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

const unfinished: readonly ActionState[] = ['planned', 'running', 'undoing', 'undo-asks'];

export function actionsIn({ db, tenant }: Scope): Actions {
  const find = (id: string) => db.selectFrom('actions').select('doc').where('tenant_id', '=', tenant).where('id', '=', id);
  return {
    async plan(action) {
      if (action.tenant !== tenant) throw new InvariantError(`an action of tenant ${action.tenant} in a transaction of ${tenant}`);
      const added = await db
        .insertInto('actions')
        .values({
          tenant_id: tenant,
          id: action.id,
          finding: action.finding,
          account: pgText(action.target.account),
          state: action.state,
          by_whom: pgText(action.by),
          planned_at: action.plannedAt,
          doc: canonicalJson(action),
        })
        .onConflict((conflict) => conflict.doNothing())
        .returning('id')
        .executeTakeFirst();
      return added !== undefined;
    },
    async get(id) {
      const row = await find(id).executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.doc) as Action);
    },
    async list(filter) {
      let query = db.selectFrom('actions').select('doc').where('tenant_id', '=', tenant);
      if (filter.state !== undefined) query = query.where('state', 'in', filter.state.length === 0 ? [''] : filter.state);
      if (filter.finding !== undefined) query = query.where('finding', '=', filter.finding);
      const rows = await query.orderBy('planned_at', 'desc').orderBy('id').limit(filter.limit).execute();
      return rows.map((row) => JSON.parse(row.doc) as Action);
    },
    async move(id, from, to, at, reason) {
      const row = await find(id).forUpdate().executeTakeFirst();
      if (row === undefined) return false;
      const action = JSON.parse(row.doc) as Action;
      if (!from.includes(action.state)) return false;
      const moved: Action = { ...action, state: to, reason, finishedAt: unfinished.includes(to) ? null : at };
      await db
        .updateTable('actions')
        .set({ state: to, doc: canonicalJson(moved) })
        .where('tenant_id', '=', tenant)
        .where('id', '=', id)
        .execute();
      return true;
    },
    async receipt(receipt, at) {
      await db
        .insertInto('receipts')
        .values({ tenant_id: tenant, action: receipt.action, step: receipt.step, at, doc: canonicalJson(receipt) })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async receipts(id) {
      const rows = await db
        .selectFrom('receipts')
        .select('doc')
        .where('tenant_id', '=', tenant)
        .where('action', '=', id)
        .orderBy('step')
        .execute();
      return rows.map((row) => JSON.parse(row.doc) as Receipt);
    },
    async startedSince(since, account) {
      let query = db
        .selectFrom('actions')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .where('tenant_id', '=', tenant)
        .where('by_whom', '=', 'automation')
        .where('planned_at', '>=', since)
        .where('state', 'not in', ['refused', 'dry-run']);
      if (account !== null) query = query.where('account', '=', pgText(account));
      return (await query.executeTakeFirstOrThrow()).n;
    },
  };
}
