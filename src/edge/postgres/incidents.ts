import { sql } from 'kysely';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { InvariantError } from '../../core/model/errors.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import { severityIds } from '../../core/model/severity.ts';
import type { IncidentRow, Incidents } from '../../core/ports/store.ts';
import { pgText } from './pg-text.ts';
import type { Scope } from './scope.ts';

/** Merged again and again, an id leads over so many others at most. */
const longestWay = 1_000;

export function incidentsIn({ db, tenant }: Scope): Incidents {
  const isOpen = sql<boolean>`exists (
    select from jobzero.incident_members m join jobzero.findings f on f.tenant_id = m.tenant_id and f.id = m.finding
    where m.tenant_id = ${tenant} and m.incident = i.id and f.state in ('open', 'acknowledged'))`;

  return {
    async members(findings) {
      if (findings.length === 0) return [];
      const { rows } = await sql<{ doc: string; incident: string }>`
        select doc, incident from jobzero.incident_members
        where tenant_id = ${tenant} and finding = any(${[...findings]}::text[]) order by finding`.execute(db);
      return rows.map(({ doc, incident }) => ({
        member: JSON.parse(doc) as IncidentMember,
        incident: incident === '' ? null : incident,
      }));
    },

    async findingsIn(incidents) {
      if (incidents.length === 0) return [];
      const { rows } = await sql<{ finding: string }>`
        select finding from jobzero.incident_members
        where tenant_id = ${tenant} and incident = any(${[...incidents]}::text[]) and incident <> '' order by finding`.execute(db);
      return rows.map(({ finding }) => finding);
    },

    async behind(keys, most) {
      if (keys.length === 0) return new Map();
      const { rows } = await sql<{ key: string; n: number }>`
        select wanted.key, (
          select count(*)::int from (
            select distinct by_whom from jobzero.incident_links l
            where l.tenant_id = ${tenant} and l.key = wanted.key and l.by_whom <> '' limit ${most}) as seen) as n
        from unnest(${keys.map(pgText)}::text[]) as wanted (key)`.execute(db);
      return new Map(rows.flatMap(({ key, n }) => (n === 0 ? [] : [[key, n] as const])));
    },

    async linked(keys) {
      if (keys.length === 0) return [];
      const { rows } = await sql<{ finding: string }>`
        select distinct finding from jobzero.incident_links
        where tenant_id = ${tenant} and key = any(${keys.map(pgText)}::text[]) order by finding`.execute(db);
      return rows.map(({ finding }) => finding);
    },

    async putMembers(members) {
      if (members.length === 0) return;
      await sql`
        insert into jobzero.incident_members (tenant_id, finding, incident, doc)
        select ${tenant}, finding, '', doc
        from unnest(${members.map(({ finding }) => finding)}::text[], ${members.map(canonicalJson)}::text[]) as m (finding, doc)
        on conflict (tenant_id, finding) do update set doc = excluded.doc`.execute(db);
      await removeLinks(members.map(({ finding }) => finding));
      const links = members.flatMap(({ finding, links }) =>
        links.flatMap(({ key, by }) => (by.length === 0 ? [''] : by).map((who) => ({ finding, key: pgText(key), who: pgText(who) }))),
      );
      if (links.length === 0) return;
      await sql`
        insert into jobzero.incident_links (tenant_id, key, by_whom, finding)
        select ${tenant}, key, by_whom, finding
        from unnest(${links.map(({ key }) => key)}::text[], ${links.map(({ who }) => who)}::text[], ${links.map(({ finding }) => finding)}::text[])
          as l (key, by_whom, finding)
        on conflict do nothing`.execute(db);
    },

    async removeMembers(findings) {
      if (findings.length === 0) return;
      await removeLinks(findings);
      await sql`delete from jobzero.incident_members where tenant_id = ${tenant} and finding = any(${[...findings]}::text[])`.execute(db);
    },

    async assign(findings) {
      if (findings.length === 0) return;
      await sql`
        update jobzero.incident_members m set incident = a.incident
        from unnest(${findings.map(({ finding }) => finding)}::text[], ${findings.map(({ incident }) => incident ?? '')}::text[]) as a (finding, incident)
        where m.tenant_id = ${tenant} and m.finding = a.finding and m.incident <> a.incident`.execute(db);
    },

    async put(incident, at) {
      if (incident.tenant !== tenant) throw new InvariantError(`an incident of tenant ${incident.tenant} in a transaction of ${tenant}`);
      const now = await db
        .selectFrom('incidents')
        .select('revision')
        .where('tenant_id', '=', tenant)
        .where('id', '=', incident.id)
        .executeTakeFirst();
      if (now?.revision === incident.revision) return false;
      const values = {
        revision: incident.revision,
        pages: incident.pages,
        gravity: severityIds[incident.severity],
        last_time: incident.lastTime,
        updated_at: at,
        doc: canonicalJson(incident),
      };
      await db
        .insertInto('incidents')
        .values({ tenant_id: tenant, id: incident.id, ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
        .execute();
      await db.deleteFrom('incident_forwards').where('tenant_id', '=', tenant).where('id', '=', incident.id).execute();
      return true;
    },

    async forward(id, into, at) {
      await db.deleteFrom('incidents').where('tenant_id', '=', tenant).where('id', '=', id).execute();
      const values = { into_id: into ?? '', at };
      await db
        .insertInto('incident_forwards')
        .values({ tenant_id: tenant, id, ...values })
        .onConflict((conflict) => conflict.columns(['tenant_id', 'id']).doUpdateSet(values))
        .execute();
    },

    async get(id) {
      const { rows } = await sql<{ id: string }>`
        with recursive way (id, n) as (
          select ${id}::text collate "C", 0
          union all
          select f.into_id, n + 1 from way join jobzero.incident_forwards f on f.tenant_id = ${tenant} and f.id = way.id where n < ${longestWay})
        select id from way order by n desc limit 1`.execute(db);
      const [last] = rows;
      if (last === undefined) return null;
      const found = await sql<Row>`
        select doc, updated_at, ${isOpen} as is_open from jobzero.incidents i where tenant_id = ${tenant} and id = ${last.id}`.execute(db);
      return found.rows[0] === undefined ? null : rowOf(found.rows[0]);
    },

    async list(filter) {
      const wanted = [sql<boolean>`i.tenant_id = ${tenant}`];
      if (filter.pages !== undefined) wanted.push(sql`i.pages = ${filter.pages}`);
      if (filter.isOpen !== undefined) wanted.push(sql`${isOpen} = ${filter.isOpen}`);
      if (filter.after !== undefined)
        wanted.push(sql`(not i.pages, -i.gravity, -i.last_time, i.id) > (
          select not a.pages, -a.gravity, -a.last_time, a.id from jobzero.incidents a where a.tenant_id = ${tenant} and a.id = ${filter.after})`);
      const { rows } = await sql<Row>`
        select doc, updated_at, ${isOpen} as is_open from jobzero.incidents i where ${sql.join(wanted, sql` and `)}
        order by i.pages desc, i.gravity desc, i.last_time desc, i.id limit ${filter.limit}`.execute(db);
      return rows.map(rowOf);
    },

    async counts() {
      const { rows } = await sql<{ open: number; paging: number }>`
        select count(*)::int as open, (count(*) filter (where pages))::int as paging
        from jobzero.incidents i where tenant_id = ${tenant} and ${isOpen}`.execute(db);
      return rows[0] ?? { open: 0, paging: 0 };
    },
  };

  async function removeLinks(findings: readonly string[]): Promise<void> {
    await sql`delete from jobzero.incident_links where tenant_id = ${tenant} and finding = any(${[...findings]}::text[])`.execute(db);
  }
}

interface Row {
  readonly doc: string;
  readonly updated_at: number;
  readonly is_open: boolean;
}

function rowOf({ doc, updated_at, is_open }: Row): IncidentRow {
  return { incident: JSON.parse(doc) as Incident, isOpen: is_open, updatedAt: updated_at };
}
