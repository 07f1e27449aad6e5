import { idOf } from '../../lib/hash.ts';
import { sealFinding } from '../../lib/seal-finding.ts';
import type { Evidence, Finding, ResourceRef } from '../../model/finding.ts';
import { type FindingSource, findingSources, type Imported, reportForms } from '../../model/imported.ts';
import type { Report } from '../../model/report.ts';
import { severityIds } from '../../model/severity.ts';
import { type Copies, type Counted, countedCopies } from './copies.ts';

/** Which of our own rules and controls answer a type of a service's findings; sorted. */
export type AnsweredBy = (source: FindingSource, type: string) => readonly string[];

const mostEvidence = 10;
const mostResources = 50;

/** The id of the finding that copies of this source and id make. */
export function importedId(tenant: string, { source, uid }: Pick<Report, 'source' | 'uid'>): string {
  return idOf(tenant, 'imported', source, uid);
}

/**
 * The finding that all copies of it make, a function of their set; null where no copy ever said that it was open. Its words are those of
 * the service where it told them itself, else Security Hub's; it is over when that copy says so, or one in another form that is not older.
 */
export function importedFinding(tenant: string, copies: Copies, answeredBy: AnsweredBy): Finding | null {
  const counted = countedCopies(copies);
  const form = reportForms.find((one) => counted.some(({ report }) => report.form === one));
  if (form === undefined || !copies.wasActive) return null;
  const parts = counted.flatMap(({ report }) => (report.form === form ? [report] : []));
  const open = parts.filter(({ state }) => state === 'active');
  const told = open.length > 0 ? open : parts;
  const main = gravest(told);
  if (main === undefined) return null;
  const updatedAt = Math.max(...parts.map((one) => one.updatedAt));
  const other = counted.find(({ report }) => report.form !== form && report.state !== 'active' && report.updatedAt >= updatedAt);
  const state = main.state === 'active' && other !== undefined ? other.report.state : main.state;
  const type = plainType(main.type);
  const rule = `${main.source}/${type}`;
  const newer = counted.flatMap((one) => one.newer ?? []);
  const imported: Imported = {
    source: main.source,
    form,
    uid: main.uid,
    type,
    severity: main.said,
    state,
    ...(main.sample ? { sample: true } : {}),
    updatedAt,
    url: main.url,
    refs: refsOf(counted),
    trusted: counted.every(({ report }) => report.trusted),
    answers: answeredBy(main.source, type),
    ...(newer.length === 0 ? {} : { newer: Math.max(...newer) }),
  };
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant,
    id: importedId(tenant, main),
    kind: main.kind,
    rule: { id: rule, major: 1, title: main.title, description: main.description, techniques: [], tactics: main.tactics },
    severity: main.severity,
    group: { source: main.source, uid: main.uid },
    bucket: 0,
    account: main.account,
    region: main.region,
    ...(main.actor === undefined ? {} : { actor: main.actor }),
    resources: resourcesOf(told),
    firstTime: Math.min(...told.map(({ firstTime }) => firstTime)),
    lastTime: Math.max(...told.map(({ lastTime }) => lastTime)),
    count: { n: told.reduce((sum, { count }) => sum + count, 0), atLeast: false },
    evidence: told.flatMap((report) => evidenceOf(report, rule)).slice(0, mostEvidence),
    message: `${findingSources[main.source]}: ${main.title}`,
    imported,
  });
}

function gravest(reports: readonly Report[]): Report | undefined {
  return [...reports].sort((a, b) => severityIds[b.severity] - severityIds[a.severity] || (a.part < b.part ? -1 : 1))[0];
}

function refsOf(counted: readonly Counted[]): Imported['refs'] {
  return counted.slice(0, mostResources).map(({ report: { form, ref } }) => ({ form, ref }));
}

/** Of what several parts name each thing once, as the first of them calls it. */
function resourcesOf(reports: readonly Report[]): readonly ResourceRef[] {
  const byUid = new Map<string, ResourceRef>();
  for (const { resources } of reports) for (const one of resources) if (!byUid.has(one.uid)) byUid.set(one.uid, one);
  return [...byUid.values()].slice(0, mostResources);
}

/** What a report tells, once for each whose credentials it names. */
function evidenceOf(report: Report, rule: string): readonly Evidence[] {
  const first = evidenceOfActor(report, rule);
  const others = (report.otherActors ?? []).map((actor, n): Evidence => {
    const key = `${first.key} ${n + 2}`;
    return { ...first, key, id: key, actor };
  });
  return [first, ...others];
}

/** The history of CloudTrail holds no findings: AWS is asked for the finding itself. */
function evidenceOfActor(report: Report, rule: string): Evidence {
  const { uid, part, firstTime, operation, service, account, region, ip, userAgent, error, actor, resources, kept } = report;
  const [resource] = resources;
  const key = part === '' ? uid : `${uid} ${part}`;
  return {
    key,
    id: key,
    time: firstTime,
    rule,
    operation,
    service,
    account,
    region,
    ...(ip === undefined ? {} : { ip }),
    ...(userAgent === undefined ? {} : { userAgent }),
    ...(error === undefined ? {} : { error }),
    dataEvent: true,
    ...(actor === undefined ? {} : { actor }),
    ...(resource === undefined ? {} : { resource }),
    ...(kept === undefined ? {} : { kept }),
  };
}

/** A name that ids may bear: no spaces, no control characters, not long. */
function plainType(type: string): string {
  return type.replace(/[^\x21-\x7e]+/g, '-').slice(0, 200) || 'unnamed';
}
