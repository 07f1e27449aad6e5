import { sealFinding } from '../lib/seal-finding.ts';
import type { Baseline, Evidence, Finding, Measured, ResourceRef, Volume } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { CorrelationRule, Rule } from '../model/rule.ts';
import type { Source } from '../model/source.ts';
import { type Entry, findingId } from './accumulator.ts';
import { compareEvidence } from './compare-evidence.ts';
import { newValues, type SeenValue } from './first-digest.ts';
import { bucketOf, dayOf, keptBy } from './rule-set.ts';
import { comparedDays, unusualVolume, type VolumeOfDay } from './volume-digest.ts';
import { firstWindow, type Window } from './window.ts';

/** Logs of calls: of what is in the others nobody can be said to have called it. */
const logsOfCalls: ReadonlySet<Source | undefined> = new Set<Source>(['aws.cloudtrail', 'aws.eks-audit', 'aws.s3-access']);
/** A finding lists this many matches. */
const shownEvidence = 100;
/** So many values of a group are compared with each other; of more, each lot with itself. */
const heldValues = 10_000;
const dayLength = 86_400_000;

/**
 * The findings of joined entries that come sorted by key, each key once: a pure function of the set of events. Entries
 * of unknown rules are passed over. `keysAreIds`: of stateless rules the key is the finding's id, as `drainApart` gives it.
 */
export function* findingsOf(
  entries: Iterable<Entry>,
  rules: ReadonlyMap<string, Rule>,
  tenant: string,
  keysAreIds = false,
): Generator<Finding> {
  const make = (rule: Rule, group: JsonObject, bucket: number, window: Judged, id = findingId(tenant, rule, group, bucket)) =>
    makeFinding(id, rule, group, bucket, window, tenant, rules);
  let before: Entry | null = null;
  let head: Entry | null = null;
  let values: SeenValue[] = [];
  // One finding a rule, group and day: the first window of the day.
  let raisedFor = '';
  function* closeWindow(next: Entry | null): Generator<Finding> {
    const entry = before;
    before = null;
    if (entry === null) return;
    const rule = rules.get(entry.rule);
    if (rule?.kind !== 'correlation') return;
    const adjacent = next !== null && sameSeries(entry, next) && next.bucket === entry.bucket + bucketOf(rule) ? next : null;
    const window = firstWindow(entry, adjacent, rule);
    if (window === null) return;
    const bucket = dayOf(entry.bucket);
    const series = `${seriesOf(entry)}\u0000${bucket}`;
    if (series === raisedFor) return;
    raisedFor = series;
    yield make(rule, entry.group, bucket, window);
  }
  /** What was new in a series; of one that goes on, `goesOn` is kept. */
  function* closeSeries(goesOn: Entry | null = null): Generator<Finding> {
    const series = head;
    const seen = values;
    head = goesOn;
    values = [];
    const rule = series === null ? undefined : rules.get(series.rule);
    if (series?.digest.t !== 'first' || rule?.kind !== 'correlation') return;
    for (const { value, item, baseline } of newValues(series.digest, seen, rule.timespan))
      yield make(rule, { ...series.group, value }, 0, { items: [item], more: false, baseline });
  }
  // The days of one series that the next is compared with.
  let days: VolumeOfDay[] = [];
  let daysOf = '';
  function* judgeDay(entry: Entry, rule: CorrelationRule): Generator<Finding> {
    const { bucket, digest, group } = entry;
    if (digest.t !== 'volume') return;
    const series = seriesOf(entry);
    const since = bucket - comparedDays(rule) * dayLength;
    days = series === daysOf ? days.filter((one) => one.bucket >= since) : [];
    daysOf = series;
    const volume = unusualVolume({ bucket, digest }, days, rule);
    days.push({ bucket, digest });
    if (volume !== null) yield make(rule, group, bucket, { items: digest.items, more: digest.moreItems, volume });
  }
  for (const entry of entries) {
    const rule = rules.get(entry.rule);
    if (rule === undefined) continue;
    yield* closeWindow(entry);
    if (rule.kind === 'event') {
      if (entry.digest.t === 'kept') yield make(rule, entry.group, entry.bucket, entry.digest, keysAreIds ? entry.key : undefined);
    } else if (rule.type === 'unusual_count') {
      yield* judgeDay(entry, rule);
    } else if (rule.type !== 'first_seen') {
      before = entry;
    } else if (entry.value === null) {
      yield* closeSeries();
      head = entry;
    } else if (head !== null && sameSeries(head, entry) && entry.digest.t === 'first') {
      values.push({ value: entry.value, digest: entry.digest });
      if (values.length === heldValues) yield* closeSeries(head);
    }
  }
  yield* closeWindow(null);
  yield* closeSeries();
}

interface Judged extends Window {
  readonly baseline?: Baseline;
  readonly volume?: Volume;
}

function seriesOf(entry: Entry): string {
  return entry.key.slice(0, entry.key.indexOf('\u0000', entry.key.indexOf('\u0000') + 1));
}

function sameSeries(a: Entry, b: Entry): boolean {
  return seriesOf(a) === seriesOf(b);
}

function makeFinding(
  id: string,
  rule: Rule,
  group: JsonObject,
  bucket: number,
  { items, more, measured, baseline, volume }: Judged,
  tenant: string,
  rules: ReadonlyMap<string, Rule>,
): Finding {
  const evidence = [...items].sort(compareEvidence).slice(0, shownEvidence);
  const first = evidence[0];
  const last = evidence.at(-1);
  if (first === undefined || last === undefined) throw new TypeError(`a finding of ${rule.id} without evidence`);
  const atLeast =
    more || items.length > evidence.length || (rule.kind === 'correlation' && rule.type === 'value_count' && items.length > keptBy(rule));
  const matched = rules.get(first.rule);
  const source = matched?.kind === 'event' ? matched.sources[0] : undefined;
  const resources = resourcesOf(evidence, source);
  const who = first.actor?.name || first.actor?.uid || first.ip || 'somebody';
  const operations = [...new Set(evidence.map((item) => item.operation))];
  const what = operations.length > 3 ? `${operations.slice(0, 3).join(', ')} and ${operations.length - 3} more` : operations.join(', ');
  const on = resources[0] === undefined || resources[0].uid === first.actor?.uid ? '' : ` on ${resources[0].name}`;
  const by = first.actor === undefined && first.ip !== undefined ? 'from' : 'by';
  const place = first.account === '' ? '' : ` in account ${first.account}`;
  const judged = measured === undefined || rule.kind === 'event' ? '' : tellMeasured(measured, rule);
  const learned = baseline === undefined ? judged : tellBaseline(baseline, String(group['value']));
  const told = volume === undefined || rule.kind === 'event' ? learned : tellVolume(volume, rule);
  const { description, major, tactics, techniques, title } = rule;
  // In canonical order, which is printed and hashed several times faster.
  return sealFinding({
    account: first.account,
    ...(first.actor === undefined ? {} : { actor: first.actor }),
    ...(baseline === undefined ? {} : { baseline }),
    bucket,
    count: { atLeast, n: evidence.length },
    evidence,
    firstTime: first.time,
    format: 'jobzero.finding/1',
    group,
    id,
    kind: 'detection',
    lastTime: last.time,
    ...(measured === undefined ? {} : { measured }),
    message: `${title}: ${logsOfCalls.has(source) ? `${who} called ${what}` : `${what} ${by} ${who}`}${on}${place}${told}.`,
    region: first.region,
    resources,
    rule: { description, id: rule.id, major, tactics, techniques, title },
    severity: rule.severity,
    tenant,
    ...(volume === undefined ? {} : { volume }),
  });
}

/** `; the sum of bytes is at least 1200`. */
function tellMeasured({ what, value, quality }: Measured, { field, percentile }: CorrelationRule): string {
  const name = what === 'percentile' ? `percentile ${percentile}` : `the ${what}`;
  return `; ${name} of ${field} is ${quality === 'exact' ? '' : `${quality} `}${Math.round(value * 1_000) / 1_000}`;
}

/** A value of a log may be long; a sentence is not. */
const longestTold = 80;

/** `; "x" was never seen in 23 days since 2026-01-05, usual are "a" (on 20 days) and 3 others`. */
function tellBaseline({ days, atLeast, known, since, usual }: Baseline, value: string): string {
  const quoted = (text: string) => `"${text.length > longestTold ? `${text.slice(0, longestTold)}…` : text}"`;
  const watched = `${atLeast ? 'at least ' : ''}${days} ${days === 1 ? 'day' : 'days'} since ${new Date(since).toISOString().slice(0, 10)}`;
  const common = usual.slice(0, 3).map((one) => `${quoted(one.value)} (on ${one.days} ${one.days === 1 ? 'day' : 'days'})`);
  const others = known - common.length;
  const rest = others === 0 ? '' : ` and ${others} ${others === 1 ? 'other' : 'others'}`;
  return `; ${quoted(value)} was never seen in ${watched}${common.length === 0 ? '' : `, usual ${common.length === 1 && others === 0 ? 'is' : 'are'} ${common.join(', ')}${rest}`}`;
}

/** `; 1200 on this day, the most of 9 days since 2026-01-05 were 40`. */
function tellVolume({ what, value, quality, days, since, most, mostQuality }: Volume, { field }: CorrelationRule): string {
  const about = (known: Volume['quality']) => (known === 'exact' ? '' : 'approximately ');
  const counted = what === 'events' ? '' : ` different values of ${field}`;
  const watched = `${days} ${days === 1 ? 'day' : 'days'} since ${new Date(since).toISOString().slice(0, 10)}`;
  return `; ${about(quality)}${value}${counted} on this day, the most of ${watched} were ${about(mostQuality)}${most}`;
}

/** What the matches are about, each once; where they name nothing, the principal itself is what is at stake. */
function resourcesOf(evidence: readonly Evidence[], source: Source | undefined): ResourceRef[] {
  const byUid = new Map<string, ResourceRef>();
  for (const { resource } of evidence) if (resource !== undefined && !byUid.has(resource.uid)) byUid.set(resource.uid, resource);
  const first = evidence[0];
  if (byUid.size === 0 && first?.actor !== undefined && (source === 'aws.cloudtrail' || first.actor.uid.startsWith('arn:'))) {
    const { uid, name, issuer, type } = first.actor;
    byUid.set(uid, {
      account: first.account,
      name,
      region: first.region,
      type: issuer !== undefined || type === 'AssumedRole' ? 'AWS::IAM::Role' : 'AWS::IAM::User',
      uid,
    });
  }
  return [...byUid.values()].sort((a, b) => (a.uid < b.uid ? -1 : 1));
}
