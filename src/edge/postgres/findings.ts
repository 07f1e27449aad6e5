import { sql } from 'kysely';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { InputError, InvariantError } from '../../core/model/errors.ts';
import type { Finding, FindingState, LifeEvent } from '../../core/model/finding.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import { openSpans } from '../../core/ports/open-spans.ts';
import { type FindingRow, type Findings, ledFinding } from '../../core/ports/store.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

const stateAfter: { readonly [event in LifeEvent]: FindingState | null } = {
  raised: null,
  superseded: null,
  retracted: 'retracted',
  acknowledged: 'acknowledged',
  suppressed: 'suppressed',
  resolved: 'resolved',
  reopened: 'open',
};

export function findingsIn({ db, tenant }: Scope): Findings {
  const find = (id: string) =>
    db.selectFrom('findings').select(['doc', 'state', 'revision', 'updated_at']).where('tenant_id', '=', tenant).where('id', '=', id);

  async function tell(finding: string, event: LifeEvent, at: number, by: string, note: string, revision: string): Promise<void> {
    await sql`
      insert into jobzero.finding_life (tenant_id, finding, seq, event, at, by_whom, note, revision)
      select ${tenant}, ${finding}, coalesce(max(seq), 0) + 1, ${event}, ${at}, ${pgText(by)}, ${pgText(note)}, ${revision}
      from jobzero.finding_life where tenant_id = ${tenant} and finding = ${finding}`.execute(db);
  }

  async function setState(id: string, state: FindingState, at: number): Promise<void> {
    await db.updateTable('findings').set({ state, updated_at: at }).where('tenant_id', '=', tenant).where('id', '=', id).execute();
  }

  return {
    async get(id) {
      const row = await find(id).executeTakeFirst();
      return row === undefined ? null : rowOf(row);
    },

    async versions(ids) {
      if (ids.length === 0) return [];
      const query = db.selectFrom('findings').select(['id', 'revision', 'state']).where('tenant_id', '=', tenant);
      const rows = await query.where('id', 'in', ids.map(pgText)).execute();
      return rows.map(({ id, revision, state }) => ({ id, revision, state: state as FindingState }));
    },

    async list(filter) {
      if (filter.severities?.length === 0) return [];
      let query = db.selectFrom('findings').select(['doc', 'state', 'updated_at']).where('tenant_id', '=', tenant);
      if (filter.state !== undefined) query = query.where('state', '=', filter.state);
      if (filter.severities !== undefined) query = query.where('severity', 'in', filter.severities);
      if (filter.rule !== undefined) query = query.where('rule', '=', pgText(filter.rule));
      if (filter.account !== undefined) query = query.where('account', '=', pgText(filter.account));
      if (filter.kind !== undefined) query = query.where('kind', '=', filter.kind);
      if (filter.leads !== undefined) query = query.where(standsForItself(tenant));
      if (filter.order === 'gravest') {
        if (filter.after !== undefined) query = query.where(comesAfter(tenant, filter.after));
        query = query.orderBy('gravity', 'desc').orderBy('last_time', 'desc');
      } else if (filter.after !== undefined) query = query.where('id', '>', filter.after);
      return (await query.orderBy('id').limit(filter.limit).execute()).map(rowOf);
    },

    async counts() {
      const rows = await db
        .selectFrom('findings')
        .select(['severity', 'state', (eb) => eb.fn.countAll<number>().as('n')])
        .where('tenant_id', '=', tenant)
        .where(standsForItself(tenant))
        .groupBy(['severity', 'state'])
        .orderBy('severity')
        .orderBy('state')
        .execute();
      return rows.map((row) => ({ severity: row.severity as Severity, state: row.state as FindingState, n: row.n }));
    },

    async put(finding, at) {
      if (finding.tenant !== tenant) throw new InvariantError(`a finding of tenant ${finding.tenant} in a transaction of ${tenant}`);
      const now = await find(finding.id).forUpdate().executeTakeFirst();
      if (now?.revision === finding.revision && now.state !== 'retracted') return false;
      const decided = await db
        .selectFrom('decisions')
        .select('id')
        .where('tenant_id', '=', tenant)
        .where('finding', '=', finding.id)
        .where('revision', '=', finding.revision)
        .limit(1)
        .executeTakeFirst();
      const returns = now?.state === 'retracted' || now?.state === 'resolved';
      const values = {
        revision: finding.revision,
        rule: pgText(finding.rule.id),
        severity: finding.severity,
        account: pgText(finding.account),
        kind: finding.kind,
        gravity: severityIds[finding.severity],
        last_time: finding.lastTime,
        state: now === undefined || returns ? 'open' : now.state,
        is_decided: decided !== undefined,
        updated_at: at,
        doc: canonicalJson(finding),
      };
      await db
        .insertInto('findings')
        .values({ tenant_id: tenant, id: finding.id, ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
        .execute();
      await tell(finding.id, now === undefined ? 'raised' : returns ? 'reopened' : 'superseded', at, 'automation', '', finding.revision);
      return true;
    },

    async retract(id, at) {
      const now = await find(id).forUpdate().executeTakeFirst();
      if (now === undefined || now.state === 'retracted') return false;
      await setState(id, 'retracted', at);
      await tell(id, 'retracted', at, 'automation', '', now.revision);
      return true;
    },

    async live(id, event, at, by, note) {
      const now = await find(id).forUpdate().executeTakeFirst();
      if (now === undefined) throw new InputError('there is no such finding', id);
      const state = stateAfter[event];
      if (state !== null) await setState(id, state, at);
      await tell(id, event, at, by, note, now.revision);
    },

    async life(id) {
      const rows = await db
        .selectFrom('finding_life')
        .select(['event', 'at', 'by_whom', 'note', 'revision'])
        .where('tenant_id', '=', tenant)
        .where('finding', '=', id)
        .orderBy('seq')
        .execute();
      return rows.map((row) => ({ event: row.event as LifeEvent, at: row.at, by: row.by_whom, note: row.note, revision: row.revision }));
    },

    async openSince({ since, account, after, limit }) {
      let query = db.selectFrom('findings').select(['id', 'doc']).where('tenant_id', '=', tenant).where(standsForItself(tenant));
      if (account !== undefined) query = query.where('account', '=', pgText(account));
      if (after !== undefined) query = query.where('id', '>', after);
      // What ended before is as it was then: nothing has touched it since.
      const rows = await query
        .where((is) => is.or([is('state', 'in', ['open', 'acknowledged']), is('updated_at', '>=', since)]))
        .orderBy('id')
        .limit(limit)
        .execute();
      if (rows.length === 0) return [];
      const events = await db
        .selectFrom('finding_life')
        .select(['finding', 'event', 'at'])
        .where('tenant_id', '=', tenant)
        .where(
          'finding',
          'in',
          rows.map(({ id }) => id),
        )
        .orderBy('finding')
        .orderBy('seq')
        .execute();
      const lives = Map.groupBy(events, ({ finding }) => finding);
      return rows.map(({ id, doc }) => ({
        finding: JSON.parse(doc) as Finding,
        spans: openSpans((lives.get(id) ?? []).map(({ event, at }) => ({ event: event as LifeEvent, at }))),
      }));
    },

    async decideAgain(id) {
      await db.updateTable('findings').set({ is_decided: false }).where('tenant_id', '=', tenant).where('id', '=', id).execute();
    },

    async undecided(limit) {
      const rows = await db
        .selectFrom('findings')
        .select('doc')
        .where('tenant_id', '=', tenant)
        .where('is_decided', '=', sql.lit(false))
        .where('state', '<>', sql.lit('retracted'))
        .orderBy('updated_at')
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map((row) => JSON.parse(row.doc) as Finding);
    },
  };
}

/** Is not shown under another finding of the same weakness. */
function standsForItself(tenant: string) {
  return sql<boolean>`not exists (select 1 from jobzero.items i
    where i.tenant_id = ${tenant} and i.kind = ${ledFinding} and i.id = findings.id and i.state = 'led')`;
}

/** What stands after this finding in the order (gravity and time down, id up). */
function comesAfter(tenant: string, id: string) {
  return sql<boolean>`(-gravity, -last_time, id) > (
    select -f.gravity, -f.last_time, f.id from jobzero.findings f where f.tenant_id = ${tenant} and f.id = ${pgText(id)})`;
}

function rowOf(row: { doc: string; state: string; updated_at: number }): FindingRow {
  return { finding: JSON.parse(row.doc) as Finding, state: row.state as FindingState, updatedAt: row.updated_at };
}
