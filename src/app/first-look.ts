import { cloudTrailEvent } from '../core/collect/cloudtrail/cloudtrail-event.ts';
import { ownAccountsOf } from '../core/collect/inventory/own-accounts.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { handles } from '../core/lib/handles.ts';
import { asObject } from '../core/lib/json-at.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Event } from '../core/model/event.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Json } from '../core/model/json.ts';
import type { Playbook, Target } from '../core/model/plan.ts';
import { type Lists, ownAccounts, type Rule } from '../core/model/rule.ts';
import { type Severity, severities, severityIds } from '../core/model/severity.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { AssessResult } from './assess.ts';
import { type LogCoverage, readLogCoverage } from './first-look/log-coverage.ts';
import type { OnProgress } from './on-progress.ts';

export interface FirstLookInput {
  /** How many days back; CloudTrail keeps 90. */
  readonly days: number;
  /** After so many minutes it stops reading and says what is missing. */
  readonly minutes: number;
  /** Null: every Region that is enabled. */
  readonly regions: readonly string[] | null;
  readonly onProgress: OnProgress;
}

export interface FirstLookDeps {
  readonly clock: Clock;
  readonly cloud: Pick<Cloud, 'accounts' | 'members' | 'regions' | 'call'>;
  /** The records of one account's and Region's management events as JSON text, the newest first. */
  readonly lookup: (account: string, region: string, from: number, to: number) => AsyncIterable<string>;
  readonly rules: readonly Rule[];
  /** The named lists that rules ask. */
  readonly lists?: Lists;
  readonly assess: (account: string, regions: readonly string[]) => Promise<Pick<AssessResult, 'outcomes' | 'findings' | 'unread'>>;
  readonly playbooks: readonly Playbook[];
  readonly tenant: string;
}

/** Something that could not be looked at, with what was missing. Never counted as good. */
export interface Unseen {
  readonly account: string;
  readonly region: string;
  readonly what: string;
  /** The IAM action, or `time` when the time was over. */
  readonly missing: string;
  readonly reason: string;
}

export interface FindingLine {
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  readonly message: string;
  readonly account: string;
  readonly region: string;
  readonly lastTime: number;
}

/** One rule or control with all that it found: what one change would mend. */
export interface RootCause {
  readonly id: string;
  readonly title: string;
  readonly why: string;
  readonly severity: Severity;
  readonly findings: number;
  readonly accounts: number;
  /** The first resources, by name of their ARN. */
  readonly resources: readonly string[];
}

/** What a playbook would have done, had it been armed. */
export interface WouldHave {
  readonly playbook: string;
  readonly title: string;
  readonly target: Target;
  readonly blastRadius: string;
  readonly inverse: string;
  readonly approval: Playbook['approval'];
  readonly finding: string;
  readonly severity: Severity;
}

export interface FirstLook {
  readonly format: 'jobzero.first-look/1';
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
  /** False when something could not be looked at: see `unseen`. */
  readonly complete: boolean;
  readonly accounts: readonly { readonly id: string; readonly name: string; readonly regions: number }[];
  readonly events: number;
  /** Records that could not be understood. */
  readonly setAside: number;
  readonly bySeverity: { readonly [S in Severity]: number };
  /** The worst detections, worst first. */
  readonly detections: readonly FindingLine[];
  readonly rootCauses: readonly RootCause[];
  readonly controls: { readonly pass: number; readonly fail: number; readonly unknown: number };
  readonly logs: readonly LogCoverage[];
  readonly wouldHave: readonly WouldHave[];
  readonly unseen: readonly Unseen[];
}

const day = 24 * 60 * 60 * 1000;
/** LookupEvents allows two calls a second for each account and Region, so Regions are read side by side. */
const sideBySide = 8;

/**
 * What happened, what is wrong, which logs are missing and what jobzero would have done, with read permission alone
 * (SecurityAudit and cloudtrail:LookupEvents). It writes nothing. What could not be read is told with the permission.
 */
export async function firstLook(deps: FirstLookDeps, input: FirstLookInput): Promise<FirstLook> {
  const to = deps.clock.now();
  const from = to - input.days * day;
  const until = to + input.minutes * 60_000;
  const unseen: Unseen[] = [];
  const late = (): boolean => deps.clock.now() >= until;

  const places: { readonly account: string; readonly name: string; readonly regions: readonly string[] }[] = [];
  for (const { id, name } of await deps.cloud.accounts()) {
    const regions = input.regions ?? (await see(unseen, id, '*', 'its Regions', () => deps.cloud.regions(id)));
    places.push({ account: id, name, regions: regions ?? [] });
  }

  // Settings first: they take seconds, while events may take all of the time.
  const findings: Finding[] = [];
  const logs: LogCoverage[] = [];
  const controls = { pass: 0, fail: 0, unknown: 0 };
  for (const [i, { account, regions }] of places.entries()) {
    input.onProgress({ done: i, total: places.length, doing: `reading settings of ${account}` });
    if (late()) {
      unseen.push({ account, region: '*', what: 'settings', missing: 'time', reason: outOfTime });
      continue;
    }
    const assessed = await see(unseen, account, '*', 'settings', () => deps.assess(account, regions));
    for (const { permission, region, types, code } of assessed?.unread ?? []) {
      unseen.push({ account, region, what: types.join(', '), missing: permission, reason: `AWS answered ${code}.` });
    }
    for (const { outcome } of assessed?.outcomes ?? []) {
      controls[outcome.status === 'Pass' ? 'pass' : outcome.status === 'Fail' ? 'fail' : 'unknown']++;
    }
    findings.push(...(assessed?.findings ?? []));
    logs.push(...((await see(unseen, account, '*', 'which logs are written', () => readLogCoverage(deps.cloud, account, regions))) ?? []));
  }

  const set = ruleSet(deps.rules, await listsWith(deps, unseen, to));
  const accumulator = new Accumulator(set);
  let events = 0;
  let setAside = 0;
  const broken = new Set<string>();
  for await (const { account, region, text } of readEvents(deps, input, places, from, to, late, unseen)) {
    const event = eventOf(text);
    if (typeof event === 'string') {
      setAside++;
      // Each reason once for each place: a broken answer may have thousands of the same.
      const place = `${account} ${region} ${event}`;
      if (!broken.has(place)) unseen.push({ account, region, what: 'a record', missing: 'sense', reason: `It was set aside: ${event}.` });
      broken.add(place);
      continue;
    }
    events++;
    accumulator.add(event);
  }
  const detected = [...findingsOf(accumulator.drain(), set.rules, deps.tenant)];
  findings.push(...detected);

  const bySeverity: Record<Severity, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Informational: 0 };
  for (const { severity } of findings) bySeverity[severity]++;
  return {
    format: 'jobzero.first-look/1',
    from,
    to,
    seconds: Math.round((deps.clock.now() - to) / 100) / 10,
    complete: unseen.length === 0,
    accounts: places.map(({ account, name, regions }) => ({ id: account, name, regions: regions.length })),
    events,
    setAside,
    bySeverity,
    detections: detected.toSorted(worstFirst).slice(0, 50).map(lineOf),
    rootCauses: rootCausesOf(findings),
    controls,
    logs,
    wouldHave: wouldHaveDone(findings, deps.playbooks),
    unseen,
  };
}

const outOfTime = 'The time was over; give more with --minutes.';

/** All Regions' events, a few Regions side by side; what a Region did not give is put down as unseen. */
async function* readEvents(
  deps: FirstLookDeps,
  input: FirstLookInput,
  places: readonly { readonly account: string; readonly regions: readonly string[] }[],
  from: number,
  to: number,
  late: () => boolean,
  unseen: Unseen[],
): AsyncGenerator<{ readonly account: string; readonly region: string; readonly text: string }> {
  const waiting = places.flatMap(({ account, regions }) => regions.map((region) => ({ account, region })));
  const total = waiting.length;
  let done = 0;
  interface Reader {
    readonly account: string;
    readonly region: string;
    readonly iterator: AsyncIterator<string>;
    /** The oldest record that it gave. */
    last: string;
  }
  const next = (reader: Reader) =>
    reader.iterator.next().then(
      (result) => ({ reader, result, error: null }),
      (error: unknown) => ({ reader, result: null, error }),
    );
  const running = new Map<Reader, ReturnType<typeof next>>();
  const begin = (): void => {
    const place = waiting.shift();
    if (place === undefined) return;
    if (late()) {
      unseen.push({ ...place, what: 'events', missing: 'time', reason: outOfTime });
      begin();
      return;
    }
    const reader: Reader = { ...place, iterator: deps.lookup(place.account, place.region, from, to)[Symbol.asyncIterator](), last: '' };
    running.set(reader, next(reader));
  };
  while (running.size < sideBySide && waiting.length > 0) begin();
  while (running.size > 0) {
    const { reader, result, error } = await Promise.race(running.values());
    running.delete(reader);
    if (error !== null) {
      if (!(error instanceof CloudError)) throw error;
      unseen.push({
        account: reader.account,
        region: reader.region,
        what: 'events',
        missing: error.action,
        reason: `AWS answered ${error.code}.`,
      });
    } else if (result !== null && result.done !== true) {
      const { account, region } = reader;
      reader.last = result.value;
      yield { account, region, text: result.value };
      if (!late()) {
        running.set(reader, next(reader));
        continue;
      }
      await reader.iterator.return?.();
      const last = eventOf(reader.last);
      const oldest = typeof last === 'string' ? to : last.time;
      unseen.push({
        account,
        region,
        what: `events before ${new Date(oldest).toISOString().slice(0, 10)}`,
        missing: 'time',
        reason: outOfTime,
      });
    }
    done++;
    input.onProgress({ done, total, doing: 'reading events' });
    begin();
  }
}

/** A text says why it is no event. */
function eventOf(text: string): Event | string {
  let json: Json;
  try {
    json = JSON.parse(text) as Json;
  } catch {
    return 'not JSON';
  }
  const raw = asObject(json);
  return raw === null ? 'no JSON object' : cloudTrailEvent(raw);
}

/** The lists, with the accounts of the organisation where they may be listed. */
async function listsWith({ cloud, lists = new Map() }: FirstLookDeps, unseen: Unseen[], now: number): Promise<Lists> {
  const members = await see(unseen, '*', '*', 'the accounts of the organisation', () => cloud.members());
  if (members === null) return lists;
  return new Map([...lists, [ownAccounts, [...new Set([...(lists.get(ownAccounts) ?? []), ...ownAccountsOf(members, now)])]]]);
}

/** Runs one read; what AWS refuses is put down as unseen, and the rest goes on. */
async function see<T>(unseen: Unseen[], account: string, region: string, what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    unseen.push({ account, region, what, missing: error.action, reason: `AWS answered ${error.code}.` });
    return null;
  }
}

function worstFirst(a: Finding, b: Finding): number {
  return severityIds[b.severity] - severityIds[a.severity] || b.lastTime - a.lastTime || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function lineOf(finding: Finding): FindingLine {
  const { id, severity, rule, message, account, region, lastTime } = finding;
  return { id, severity, title: rule.title, message, account, region, lastTime };
}

/** Findings by what judged them: the worst severity first, then the most findings, then the id. */
export function rootCausesOf(findings: readonly Finding[]): readonly RootCause[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of findings) {
    const group = groups.get(finding.rule.id);
    if (group === undefined) groups.set(finding.rule.id, [finding]);
    else group.push(finding);
  }
  return [...groups]
    .map(([id, group]): RootCause => {
      const worst = group.toSorted(worstFirst)[0] ?? group[0];
      const resources = [...new Set(group.flatMap((finding) => finding.resources.map(({ uid }) => uid)))].sort();
      return {
        id,
        // A control's title says what should hold.
        title: worst === undefined ? id : worst.kind !== 'detection' ? `Not met: ${worst.rule.title}` : worst.rule.title,
        why: worst?.rule.description ?? '',
        severity: worst?.severity ?? severities[severities.length - 1] ?? 'Informational',
        findings: group.length,
        accounts: new Set(group.map(({ account }) => account)).size,
        resources: resources.slice(0, 5),
      };
    })
    .sort((a, b) => severityIds[b.severity] - severityIds[a.severity] || b.findings - a.findings || (a.id < b.id ? -1 : 1));
}

/** The targets that each playbook picks from the findings it answers; the same target once, for its worst finding. */
export function wouldHaveDone(findings: readonly Finding[], playbooks: readonly Playbook[]): readonly WouldHave[] {
  const found = new Map<string, WouldHave>();
  for (const finding of findings.toSorted(worstFirst)) {
    for (const playbook of playbooks) {
      if (!handles(playbook, finding.rule.id)) continue;
      for (const target of playbook.targets(finding)) {
        const key = JSON.stringify([playbook.id, target.account, target.region, target.uid]);
        if (found.has(key)) continue;
        found.set(key, {
          playbook: playbook.id,
          title: playbook.title,
          target,
          blastRadius: playbook.blastRadius(target),
          inverse: playbook.inverse(target),
          approval: playbook.approval,
          finding: finding.id,
          severity: finding.severity,
        });
      }
    }
  }
  return [...found.values()];
}
