import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import type { Baseline, Finding, Measured, Travel, Volume } from '../model/finding.ts';
import type { CorrelationRule, Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import type { Source } from '../model/source.ts';
import { tellTravel } from './first-travel.ts';
import { keptBy } from './rule-set.ts';
import { inSentence, type Told } from './told.ts';

/** Logs of calls: of what is in the others nobody can be said to have called it. */
const logsOfCalls: ReadonlySet<Source | undefined> = new Set<Source>(['aws.cloudtrail', 'aws.eks-audit', 'aws.s3-access']);
/** A finding lists this many matches. */
export const shownEvidence = 100;

/** A match: its operation as in `Told`, and its canonical JSON. */
interface Item {
  readonly time: number;
  readonly operation: string;
  readonly text: string;
}

/** What a finding is made of: matches in their order, and what was judged of them. */
export interface Grounds {
  readonly id: string;
  readonly rule: Rule;
  /** The first match's rule: the same, or one that the correlation refers to. */
  readonly matched: Rule | undefined;
  /** Canonical JSON of the group, and of a rule that learns the value that is new. */
  readonly group: string;
  readonly value?: string;
  readonly bucket: number;
  readonly told: Told;
  readonly items: readonly Item[];
  /** Canonical JSON of all that the matches are about, by their uid; of one match that is in `told`. */
  readonly resources?: string;
  /** There are other matches that are not here. */
  readonly more: boolean;
  readonly measured?: Measured;
  readonly baseline?: Baseline;
  readonly travel?: Travel;
  readonly volume?: Volume;
}

/** A finding as canonical JSON, of which the document is made when somebody asks for it. */
export class WrittenFinding {
  readonly id: string;
  readonly severity: Severity;
  /** The hash of all the rest, as `sealFinding` gives it. */
  readonly revision: string;
  private readonly before: string;
  private readonly behind: string;

  /** What stands before and behind the revision, which is not there yet. */
  constructor(id: string, severity: Severity, before: string, behind: string) {
    this.id = id;
    this.severity = severity;
    this.before = before;
    this.behind = behind;
    this.revision = sha256(before + behind).slice(0, 32);
  }

  get text(): string {
    return `${this.before}"revision":"${this.revision}",${this.behind}`;
  }

  read(): Finding {
    return JSON.parse(this.text) as Finding;
  }
}

/** Writes findings of a tenant; what is the same in all of one rule is written once. */
export class FindingWriter {
  private readonly tenant: string;
  private readonly same = new Map<Rule, { readonly before: string; readonly behind: string }>();

  constructor(tenant: string) {
    this.tenant = tenant;
  }

  write(grounds: Grounds): WrittenFinding {
    const { id, rule, matched, group, value, bucket, told, items: all, more, measured, baseline, travel, volume } = grounds;
    const items = all.length > shownEvidence ? all.slice(0, shownEvidence) : all;
    const [first, last] = [items[0], items.at(-1)];
    if (first === undefined || last === undefined) throw new TypeError(`a finding of ${rule.id} without evidence`);
    const atLeast =
      more ||
      all.length > items.length ||
      (rule.kind === 'correlation' && rule.type === 'value_count' && rule.nested === undefined && all.length > keptBy(rule));
    const source = matched?.kind === 'event' ? matched.sources[0] : undefined;
    const { resources = told.resource === '' ? '' : `[${told.resource}]` } = grounds;
    const judged = measured === undefined || rule.kind === 'event' ? '' : tellMeasured(measured, rule);
    const learned = baseline === undefined ? judged : tellBaseline(baseline, String(value));
    const counted = volume === undefined || rule.kind === 'event' ? learned : tellVolume(volume, rule);
    const also = travel === undefined ? counted : tellTravel(travel);
    const { before: title, behind } = this.sameOf(rule);
    const message = `${title}: ${whatHappened(told, items, source)}${told.where}${also === '' ? '' : inSentence(also)}.`;
    // Members in canonical order.
    const before =
      `{"account":${told.account},` +
      (told.actor === '' ? '' : `"actor":${told.actor},`) +
      (baseline === undefined ? '' : `"baseline":${canonicalJson(baseline)},`) +
      `"bucket":${bucket},"count":{"atLeast":${atLeast},"n":${items.length}},"evidence":[${textsOf(items)}],` +
      `"firstTime":${first.time},"format":"jobzero.finding/1","group":${group},"id":"${id}","kind":"detection","lastTime":${last.time},` +
      (measured === undefined ? '' : `"measured":${canonicalJson(measured)},`) +
      `"message":"${message}","region":${told.region},"resources":${resources === '' ? selfOf(told, source) : resources},`;
    return new WrittenFinding(
      id,
      rule.severity,
      before,
      behind +
        (travel === undefined ? '' : `,"travel":${canonicalJson(travel)}`) +
        (volume === undefined ? '}' : `,"volume":${canonicalJson(volume)}}`),
    );
  }

  /** What stands in each finding of a rule: its title inside of a sentence, and what is behind the revision. */
  private sameOf(rule: Rule): { readonly before: string; readonly behind: string } {
    let same = this.same.get(rule);
    if (same === undefined) {
      const { description, id, major, severity, tactics, techniques, title } = rule;
      const told = canonicalJson({ description, id, major, tactics, techniques, title });
      same = { before: inSentence(title), behind: `"rule":${told},"severity":"${severity}","tenant":${JSON.stringify(this.tenant)}` };
      this.same.set(rule, same);
    }
    return same;
  }
}

function textsOf(items: readonly Item[]): string {
  let texts = items[0]?.text ?? '';
  for (let i = 1; i < items.length; i++) texts += `,${items[i]?.text}`;
  return texts;
}

/** Where the matches name nothing, the principal itself is what is at stake. */
function selfOf({ self }: Told, source: Source | undefined): string {
  // `uid` is the last member, and inside of a text the quotes would be escaped.
  return self !== '' && (source === 'aws.cloudtrail' || self.includes('"uid":"arn:')) ? `[${self}]` : '[]';
}

function whatHappened({ who, how }: Told, items: readonly Item[], source: Source | undefined): string {
  const operations = items.length === 1 ? [items[0]?.operation] : [...new Set(items.map(({ operation }) => operation))];
  const what = operations.length > 3 ? `${operations.slice(0, 3).join(', ')} and ${operations.length - 3} more` : operations.join(', ');
  return logsOfCalls.has(source) ? `${who} called ${what}` : `${what} ${how} ${who}`;
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
