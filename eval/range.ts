import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { median } from '../bench/print.ts';
import { range } from '../src/app/wire/range.ts';
import type { Finding } from '../src/core/model/finding.ts';
import type { Severity } from '../src/core/model/severity.ts';
import { bySeverity, loudRules } from './corpus.ts';
import { detectFolder } from './detect-texts.ts';
import { pagesOf } from './pages.ts';
import { sameTechnique } from './techniques.ts';

export interface RangeOptions {
  readonly seed: number;
}

/** A campaign of the truth file, and what became of it. */
export interface CampaignResult {
  readonly campaign: string;
  /** Its events in the logs, and on how many of them a finding of any kind rests. */
  readonly events: number;
  readonly seen: number;
  /** The worst finding on one of its events; null when nothing was found. */
  readonly severity: Severity | null;
  readonly paged: boolean;
  /** From its first event to the delivery of the object that completes the first finding, in seconds. */
  readonly firstFinding: number | null;
  readonly firstPage: number | null;
}

export interface RangeTechniqueResult {
  readonly technique: string;
  /** Campaigns that use it, and those in which a finding names it on one of its events. */
  readonly campaigns: number;
  readonly found: number;
}

export interface RangeResult {
  readonly seed: number;
  readonly events: number;
  readonly attackEvents: number;
  readonly days: number;
  readonly campaigns: readonly CampaignResult[];
  readonly techniques: readonly RangeTechniqueResult[];
  /** Findings that rest on no event of an attack. */
  readonly benign: { readonly [severity in Severity]: number };
  readonly loud: { readonly [rule: string]: number };
  readonly falsePages: number;
  readonly falsePagesADay: number;
  /** From an event to the delivery of the object that holds it, in seconds: what a collector waits for. */
  readonly delivery: { readonly p50: number; readonly p99: number };
}

interface Truth {
  readonly eventID: string;
  readonly campaign: string;
  readonly techniques: readonly string[];
}

type WholeTruth = { readonly campaigns: readonly { readonly id: string; readonly incident: boolean }[]; readonly events: readonly Truth[] };

interface Delivered {
  readonly time: number;
  readonly delivered: number;
}

/** Writes the range's logs, judges them, and compares with the ground truth. */
export async function measureRange(options: RangeOptions, say: (text: string) => void): Promise<RangeResult> {
  const parent = mkdtempSync(join(tmpdir(), 'jobzero-eval-range-'));
  const out = join(parent, 'logs');
  try {
    say(`range: writing logs, seed ${options.seed}`);
    const written = await range({
      out,
      accounts: 3,
      events: 30_000,
      days: 1,
      start: null,
      seed: options.seed,
      campaigns: [],
      campaignFolders: [],
      ownCampaigns: true,
      flows: 0,
      queries: 0,
      chaos: false,
      rate: null,
      port: 0,
      signal: new AbortController().signal,
      onReady: () => {},
      onFault: say,
      onProgress: () => {},
    });
    const whole = JSON.parse(readFileSync(`${out}.truth.json`, 'utf8')) as WholeTruth;
    const incidents = new Set(whole.campaigns.filter(({ incident }) => incident).map(({ id }) => id));
    const truth = whole.events.filter(({ campaign }) => incidents.has(campaign));
    say(`range: looking up ${truth.length} events of attacks in ${written.objects} objects`);
    const { attacks, delays, from, to } = readDelivery(out, new Set(truth.map(({ eventID }) => eventID)));
    say(`range: detecting in ${written.events} events`);
    const { findings } = await detectFolder(out, null);
    return scoreRange({
      seed: options.seed,
      events: written.events,
      days: Math.max(1, (to - from) / 86_400_000),
      truth,
      attacks,
      delays,
      findings,
    });
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

interface Scored {
  readonly seed: number;
  readonly events: number;
  readonly days: number;
  readonly truth: readonly Truth[];
  readonly attacks: ReadonlyMap<string, Delivered>;
  readonly delays: readonly number[];
  readonly findings: readonly Finding[];
}

/** Compares findings with the truth. */
export function scoreRange({ seed, events, days, truth, attacks, delays, findings }: Scored): RangeResult {
  const truthOf = new Map(truth.map((item) => [item.eventID, item]));
  const onAttack = findings.filter(({ evidence }) => evidence.some(({ id }) => truthOf.has(id)));
  const benign = findings.filter(({ evidence }) => !evidence.some(({ id }) => truthOf.has(id)));
  const { behind } = pagesOf(findings);
  const attackIds = new Set(onAttack.map(({ id }) => id));
  const pagingIds = new Set(behind.flat());
  const falsePages = behind.filter((ids) => !ids.some((id) => attackIds.has(id))).length;
  const names = [...new Set(truth.map(({ campaign }) => campaign))].sort();
  const campaigns = names.map((campaign): CampaignResult => {
    const own = truth.filter((item) => item.campaign === campaign);
    const ids = new Set(own.map(({ eventID }) => eventID));
    const found = onAttack.filter(({ evidence }) => evidence.some(({ id }) => ids.has(id)));
    const seen = new Set(found.flatMap(({ evidence }) => evidence.flatMap(({ id }) => (ids.has(id) ? [id] : []))));
    const started = Math.min(...own.map(({ eventID }) => attacks.get(eventID)?.time ?? Number.POSITIVE_INFINITY));
    const after = (of: readonly Finding[]) => {
      const times = of.map((finding) => completedAt(finding, ids, attacks)).filter((time) => time !== null);
      return times.length === 0 ? null : Math.max(0, (Math.min(...times) - started) / 1000);
    };
    return {
      campaign,
      events: own.length,
      seen: seen.size,
      severity: worstSeverity(found),
      paged: found.some(({ id }) => pagingIds.has(id)),
      firstFinding: after(found),
      firstPage: after(found.filter(({ id }) => pagingIds.has(id))),
    };
  });
  return {
    seed,
    events,
    attackEvents: truth.length,
    days,
    campaigns,
    techniques: techniqueResults(truth, onAttack),
    benign: bySeverity(benign),
    loud: loudRules(benign),
    falsePages,
    falsePagesADay: falsePages / days,
    delivery: { p50: delays.length === 0 ? 0 : median(delays), p99: percentile(delays, 0.99) },
  };
}

/**
 * When the finding's last event that it needs was delivered: of what a correlation counts the last one kept as evidence,
 * else the first event of the attack. Null where the events were delivered by nobody.
 */
function completedAt({ evidence, rule }: Finding, own: ReadonlySet<string>, attacks: ReadonlyMap<string, Delivered>): number | null {
  const times = evidence.flatMap(({ id }) => (own.has(id) ? (attacks.get(id)?.delivered ?? []) : [])).sort((a, b) => a - b);
  const isSingle = evidence.every((item) => item.rule === rule.id);
  return (isSingle ? times[0] : times.at(-1)) ?? null;
}

function techniqueResults(truth: readonly Truth[], findings: readonly Finding[]): readonly RangeTechniqueResult[] {
  const results = new Map<string, { campaigns: Set<string>; found: Set<string> }>();
  for (const { campaign, techniques } of truth) {
    for (const technique of techniques) {
      const result = results.get(technique) ?? { campaigns: new Set(), found: new Set() };
      results.set(technique, result);
      result.campaigns.add(campaign);
    }
  }
  const truthOf = new Map(truth.map((item) => [item.eventID, item]));
  for (const { evidence, rule } of findings) {
    for (const { id } of evidence) {
      const item = truthOf.get(id);
      for (const technique of item?.techniques ?? []) {
        if (item !== undefined && rule.techniques.some((is) => sameTechnique(is, technique)))
          results.get(technique)?.found.add(item.campaign);
      }
    }
  }
  return [...results]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([technique, { campaigns, found }]) => ({ technique, campaigns: campaigns.size, found: found.size }));
}

function worstSeverity(findings: readonly Finding[]): Severity | null {
  const counts = bySeverity(findings);
  return (['Critical', 'High', 'Medium', 'Low', 'Informational'] as const).find((severity) => counts[severity] > 0) ?? null;
}

const recordOf = /"eventTime":"([^"]+)"|"eventID":"([^"]+)"/g;
const stampOf = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*\.json\.gz$/;

/** When events happened and when the object with them was there, by CloudTrail's names of objects: those of attacks, and a sample of all. */
function readDelivery(folder: string, wanted: ReadonlySet<string>) {
  const attacks = new Map<string, Delivered>();
  const delays: number[] = [];
  let from = Number.POSITIVE_INFINITY;
  let to = 0;
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const stamp = stampOf.exec(name);
    if (stamp === null) continue;
    const [, year, month, day, hour, minute] = stamp.map(Number);
    const delivered = Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute);
    let time = 0;
    for (const [, eventTime, eventId] of gunzipSync(readFileSync(join(folder, name)))
      .toString('latin1')
      .matchAll(recordOf)) {
      if (eventTime !== undefined) {
        time = Date.parse(eventTime);
        from = Math.min(from, time);
        to = Math.max(to, time);
        if (delays.length < 1_000_000) delays.push(Math.max(0, (delivered - time) / 1000));
      } else if (eventId !== undefined && wanted.has(eventId)) attacks.set(eventId, { time, delivered: Math.max(time, delivered) });
    }
  }
  return { attacks, delays, from, to };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
