import { canonicalJson } from '../lib/canonical-json.ts';
import type { Baseline, Evidence, Finding, ResourceRef, Volume } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { CorrelationRule, Rule } from '../model/rule.ts';
import { compareEvidence } from './compare-evidence.ts';
import { type Entry, findingId } from './entry.ts';
import { newValues, type SeenValue } from './first-digest.ts';
import { readMatches } from './matches-line.ts';
import { NestDays } from './nest-days.ts';
import { bucketOf, dayOf } from './rule-set.ts';
import { inSentence, toldOf, whereOf } from './told.ts';
import { comparedDays, unusualVolume, type VolumeOfDay } from './volume-digest.ts';
import { firstWindow, type Window } from './window.ts';
import { FindingWriter, shownEvidence, type WrittenFinding } from './write-finding.ts';

/** So many values of a group are compared with each other; of more, each lot with itself. */
const heldValues = 10_000;
const dayLength = 86_400_000;

/** The findings of lines that `matches-line.ts` makes, joined, each id once and in their order. Those of unknown rules are passed over. */
export function* findingsOfMatches(lines: Iterable<string>, rules: ReadonlyMap<string, Rule>, tenant: string): Generator<WrittenFinding> {
  const writer = new FindingWriter(tenant);
  for (const line of lines) {
    const matches = readMatches(line);
    const rule = rules.get(matches.rule);
    if (rule !== undefined) yield writer.write({ ...matches, rule, matched: rule });
  }
}

/**
 * The findings of joined entries that come sorted by key, each key once: a pure function of the set of events. Entries
 * of unknown rules are passed over. Of correlations over correlations `onlyDay` is judged alone, where it is given.
 */
export function* findingsOf(
  entries: Iterable<Entry>,
  rules: ReadonlyMap<string, Rule>,
  tenant: string,
  onlyDay: number | null = null,
): Generator<Finding> {
  const writer = new FindingWriter(tenant);
  const make = (rule: Rule, group: JsonObject, bucket: number, { items, ...judged }: Judged, value?: string): Finding => {
    const sorted = [...items].sort(compareEvidence);
    const [first] = sorted;
    if (first === undefined) throw new TypeError(`a finding of ${rule.id} without evidence`);
    const resources = resourcesOf(sorted.slice(0, shownEvidence));
    return writer
      .write({
        ...judged,
        id: findingId(tenant, rule, group, bucket),
        rule,
        matched: rules.get(first.rule),
        group: canonicalJson(group),
        ...(value === undefined ? {} : { value }),
        bucket,
        told: { ...toldOf(first), resource: '', where: whereOf(first, resources[0]) },
        items: sorted.map((item) => ({ time: item.time, operation: inSentence(item.operation), text: canonicalJson(item) })),
        ...(resources.length === 0 ? {} : { resources: canonicalJson(resources) }),
      })
      .read();
  };
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
      yield make(rule, { ...series.group, value }, 0, { items: [item], more: false, baseline }, value);
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
  // The group of a correlation over correlations that is being judged.
  let nest: NestDays | null = null;
  let nestOf = '';
  function* told(found: ReturnType<NestDays['end']>, { rule, group }: NestDays): Generator<Finding> {
    for (const { bucket, window } of found) yield make(rule, group, bucket, window);
  }
  function* closeNest(): Generator<Finding> {
    const closed = nest;
    nest = null;
    if (closed !== null) yield* told(closed.end(), closed);
  }
  for (const entry of entries) {
    const rule = rules.get(entry.rule);
    if (rule === undefined) continue;
    yield* closeWindow(entry);
    if (nest !== null && seriesOf(entry) !== nestOf) yield* closeNest();
    if (rule.kind === 'correlation' && rule.nested !== undefined) {
      nestOf = seriesOf(entry);
      nest ??= new NestDays(rule, rule.nested, entry.group, onlyDay);
      yield* told(nest.add(entry), nest);
      continue;
    }
    if (rule.kind === 'event') {
      if (entry.digest.t === 'kept') yield make(rule, entry.group, entry.bucket, { items: entry.digest.items, more: entry.digest.more });
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
  yield* closeNest();
}

interface Judged extends Window {
  readonly baseline?: Baseline;
  readonly volume?: Volume;
}

/** What the matches are about, each once. */
function resourcesOf(items: readonly Evidence[]): readonly ResourceRef[] {
  const byUid = new Map<string, ResourceRef>();
  for (const { resource } of items) if (resource !== undefined && !byUid.has(resource.uid)) byUid.set(resource.uid, resource);
  return [...byUid.values()].sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

function seriesOf(entry: Entry): string {
  return entry.key.slice(0, entry.key.indexOf('\u0000', entry.key.indexOf('\u0000') + 1));
}

function sameSeries(a: Entry, b: Entry): boolean {
  return seriesOf(a) === seriesOf(b);
}
