import { canonicalJson } from '../lib/canonical-json.ts';
import { sha256 } from '../lib/hash.ts';
import type { Baseline, Evidence, Finding, Measured, ResourceRef, Volume } from '../model/finding.ts';
import type { CorrelationRule, Rule } from '../model/rule.ts';
import type { Severity } from '../model/severity.ts';
import type { Source } from '../model/source.ts';
import { keptBy } from './rule-set.ts';

/** Logs of calls: of what is in the others nobody can be said to have called it. */
const logsOfCalls: ReadonlySet<Source | undefined> = new Set<Source>(['aws.cloudtrail', 'aws.eks-audit', 'aws.s3-access']);
/** A finding lists this many matches. */
const shownEvidence = 100;

/** A match with its canonical JSON. */
export interface Item {
  readonly evidence: Evidence;
  readonly text: string;
}

/** What a finding is made of: matches in their order, and what was judged of them. */
export interface Grounds {
  readonly id: string;
  readonly rule: Rule;
  /** Canonical JSON of the group, and of a rule that learns the value that is new. */
  readonly group: string;
  readonly value?: string;
  readonly bucket: number;
  readonly items: readonly Item[];
  /** There are other matches that are not here. */
  readonly more: boolean;
  readonly measured?: Measured;
  readonly baseline?: Baseline;
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

/** Writes findings of these rules; what is the same in all of one rule is written once. */
export class FindingWriter {
  private readonly tenant: string;
  private readonly rules: ReadonlyMap<string, Rule>;
  private readonly behinds = new Map<Rule, string>();

  constructor(tenant: string, rules: ReadonlyMap<string, Rule>) {
    this.tenant = tenant;
    this.rules = rules;
  }

  write({ id, rule, group, value, bucket, items: all, more, measured, baseline, volume }: Grounds): WrittenFinding {
    const items = all.length > shownEvidence ? all.slice(0, shownEvidence) : all;
    const first = items[0]?.evidence;
    const last = items.at(-1)?.evidence;
    if (first === undefined || last === undefined) throw new TypeError(`a finding of ${rule.id} without evidence`);
    const atLeast =
      more || all.length > items.length || (rule.kind === 'correlation' && rule.type === 'value_count' && all.length > keptBy(rule));
    const matched = this.rules.get(first.rule);
    const source = matched?.kind === 'event' ? matched.sources[0] : undefined;
    const resources = resourcesOf(items, source);
    const judged = measured === undefined || rule.kind === 'event' ? '' : tellMeasured(measured, rule);
    const learned = baseline === undefined ? judged : tellBaseline(baseline, String(value));
    const told = volume === undefined || rule.kind === 'event' ? learned : tellVolume(volume, rule);
    const message = `${rule.title}: ${whatHappened(items, source)}${whereOf(first, resources)}${told}.`;
    // Members in canonical order.
    const before =
      `{"account":${JSON.stringify(first.account)},` +
      (first.actor === undefined ? '' : `"actor":${canonicalJson(first.actor)},`) +
      (baseline === undefined ? '' : `"baseline":${canonicalJson(baseline)},`) +
      `"bucket":${bucket},"count":{"atLeast":${atLeast},"n":${items.length}},"evidence":[${items.map(({ text }) => text).join(',')}],` +
      `"firstTime":${first.time},"format":"jobzero.finding/1","group":${group},"id":"${id}","kind":"detection","lastTime":${last.time},` +
      (measured === undefined ? '' : `"measured":${canonicalJson(measured)},`) +
      `"message":${JSON.stringify(message)},"region":${JSON.stringify(first.region)},"resources":${canonicalJson(resources)},`;
    const behind = volume === undefined ? `${this.behind(rule)}}` : `${this.behind(rule)},"volume":${canonicalJson(volume)}}`;
    return new WrittenFinding(id, rule.severity, before, behind);
  }

  private behind(rule: Rule): string {
    let text = this.behinds.get(rule);
    if (text === undefined) {
      const { description, id, major, severity, tactics, techniques, title } = rule;
      const told = canonicalJson({ description, id, major, tactics, techniques, title });
      text = `"rule":${told},"severity":"${severity}","tenant":${JSON.stringify(this.tenant)}`;
      this.behinds.set(rule, text);
    }
    return text;
  }
}

function whatHappened(items: readonly Item[], source: Source | undefined): string {
  const first = items[0]?.evidence;
  const who = first?.actor?.name || first?.actor?.uid || first?.ip || 'somebody';
  const operations = [...new Set(items.map(({ evidence }) => evidence.operation))];
  const what = operations.length > 3 ? `${operations.slice(0, 3).join(', ')} and ${operations.length - 3} more` : operations.join(', ');
  if (logsOfCalls.has(source)) return `${who} called ${what}`;
  return `${what} ${first?.actor === undefined && first?.ip !== undefined ? 'from' : 'by'} ${who}`;
}

function whereOf({ account, actor }: Evidence, [resource]: readonly ResourceRef[]): string {
  const on = resource === undefined || resource.uid === actor?.uid ? '' : ` on ${resource.name}`;
  return account === '' ? on : `${on} in account ${account}`;
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
function resourcesOf(items: readonly Item[], source: Source | undefined): ResourceRef[] {
  const byUid = new Map<string, ResourceRef>();
  for (const { resource } of items.map(({ evidence }) => evidence))
    if (resource !== undefined && !byUid.has(resource.uid)) byUid.set(resource.uid, resource);
  const first = items[0]?.evidence;
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
