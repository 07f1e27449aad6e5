import { sql } from 'kysely';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Decision } from '../../core/model/decision.ts';
import { InputError } from '../../core/model/errors.ts';
import type { DecisionRow, Decisions } from '../../core/ports/store.ts';
import type { Scope } from './scope.ts';
import type { Tables } from './tables.ts';

export function decisionsIn({ db, tenant }: Scope): Decisions {
  const all = () => db.selectFrom('decisions').selectAll().where('tenant_id', '=', tenant);
  return {
    async put(row) {
      await db
        .insertInto('decisions')
        .values({
          tenant_id: tenant,
          id: row.id,
          finding: row.finding,
          revision: row.revision,
          at: row.at,
          finding_hash: row.findingHash,
          context_hash: row.contextHash,
          tolerance_hash: row.toleranceHash,
          engine: row.engine,
          decision_hash: row.decisionHash,
          doc: canonicalJson(row.decision),
        })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      await db
        .updateTable('findings')
        .set({ is_decided: true })
        .where('tenant_id', '=', tenant)
        .where('id', '=', row.finding)
        .where('revision', '=', row.revision)
        .where('is_decided', '=', false)
        .execute();
    },
    async ofFinding(finding) {
      return (await all().where('finding', '=', finding).orderBy('at').orderBy('id').execute()).map(rowOf);
    },
    async lastOf(findings) {
      if (findings.length === 0) return [];
      const rows = await all()
        .where('finding', 'in', [...new Set(findings)])
        .distinctOn('finding')
        .orderBy('finding')
        .orderBy('at', 'desc')
        .orderBy('id', 'desc')
        .execute();
      const byFinding = new Map(rows.map((row) => [row.finding, rowOf(row)]));
      return findings.flatMap((finding) => byFinding.get(finding) ?? []);
    },
    async list(after, limit) {
      let query = all();
      if (after !== null) {
        const last = await all().where('id', '=', after).executeTakeFirst();
        if (last === undefined) throw new InputError('there is no such decision', after);
        query = query.where(sql<boolean>`(at, id) > (${last.at}, ${last.id})`);
      }
      return (await query.orderBy('at').orderBy('id').limit(limit).execute()).map(rowOf);
    },
  };
}

function rowOf(row: Tables['decisions']): DecisionRow {
  return {
    id: row.id,
    finding: row.finding,
    revision: row.revision,
    at: row.at,
    findingHash: row.finding_hash,
    contextHash: row.context_hash,
    toleranceHash: row.tolerance_hash,
    engine: row.engine,
    decisionHash: row.decision_hash,
    decision: JSON.parse(row.doc) as Decision,
  };
}
