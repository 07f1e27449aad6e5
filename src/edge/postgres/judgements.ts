import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Judgement } from '../../core/model/decision.ts';
import { InvariantError } from '../../core/model/errors.ts';
import type { Judgements } from '../../core/ports/store.ts';
import type { Scope } from './scope.ts';

export function judgementsIn({ db, tenant }: Scope): Judgements {
  const find = (id: string) => db.selectFrom('judgements').select('doc').where('tenant_id', '=', tenant).where('id', '=', id);

  async function write(judgement: Judgement): Promise<void> {
    const values = { state: judgement.state, asked_at: judgement.askedAt, doc: canonicalJson(judgement) };
    await db
      .insertInto('judgements')
      .values({ tenant_id: tenant, id: judgement.id, ...values })
      .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
      .execute();
  }

  async function waiting(id: string): Promise<Judgement | null> {
    const row = await find(id).forUpdate().executeTakeFirst();
    const judgement = row === undefined ? null : (JSON.parse(row.doc) as Judgement);
    return judgement?.state === 'waiting' ? judgement : null;
  }

  return {
    async ask(judgement) {
      if (judgement.tenant !== tenant) throw new InvariantError(`a judgement of tenant ${judgement.tenant} in a transaction of ${tenant}`);
      const row = await find(judgement.id).forUpdate().executeTakeFirst();
      const now = row === undefined ? null : (JSON.parse(row.doc) as Judgement);
      if (now?.state === 'approved' || now?.state === 'denied') return false;
      if (now?.state === 'waiting' && now.revision === judgement.revision) return false;
      // Who approved an earlier revision has not approved this one.
      await write({ ...judgement, state: 'waiting', answeredAt: null, answeredBy: [] });
      return true;
    },
    async get(id) {
      const row = await find(id).executeTakeFirst();
      return row === undefined ? null : (JSON.parse(row.doc) as Judgement);
    },
    async list(filter) {
      let query = db.selectFrom('judgements').select('doc').where('tenant_id', '=', tenant);
      if (filter.state !== undefined) query = query.where('state', '=', filter.state);
      const rows = await query.orderBy('asked_at').orderBy('id').limit(filter.limit).execute();
      return rows.map((row) => JSON.parse(row.doc) as Judgement);
    },
    async answer(id, by, verdict, at) {
      const now = await waiting(id);
      if (now === null) return null;
      const answeredBy = now.answeredBy.includes(by) ? now.answeredBy : [...now.answeredBy, by];
      const enough = verdict === 'deny' || answeredBy.length >= now.approvalsNeeded;
      const state = !enough ? 'waiting' : verdict === 'deny' ? 'denied' : 'approved';
      const after: Judgement = { ...now, answeredBy, state, answeredAt: enough ? at : null };
      await write(after);
      return after;
    },
    async withdraw(id, at, reason) {
      const now = await waiting(id);
      if (now === null) return false;
      await write({ ...now, state: 'withdrawn', answeredAt: at, because: reason });
      return true;
    },
  };
}
