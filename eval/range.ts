import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { median } from '../bench/print.ts';
import { range } from '../src/app/wire/range.ts';
import type { Finding } from '../src/core/model/finding.ts';
import type { Incident } from '../src/core/model/incident.ts';
import type { Severity } from '../src/core/model/severity.ts';
import { rangeInput } from '../tools/range-input.ts';
import { bySeverity, loudRules } from './corpus.ts';
import { detectFolder } from './detect-texts.ts';
import { sameTechnique } from './techniques.ts';

export interface RangeOptions {
  readonly seed: number;
  readonly accounts: number;
  readonly events: number;
  readonly days: number;
  /** Folders of foreign campaigns, and whether our own run, too. */
  readonly campaignFolders: readonly string[];
  readonly ownCampaigns: boolean;
}

/** A run of a campaign that is an incident by the truth, and what became of it. */
export interface CampaignResult {
  readonly campaign: string;
  /** Its events in the logs, on how many of them a finding rests, and its entries of traffic. */
  readonly events: number;
  readonly seen: number;
  readonly traffic: number;
  /** The worst finding on one of its events or lines; null when nothing was found. */
  readonly severity: Severity | null;
  /** Incidents that page about it. */
  readonly pages: number;
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

/** Benign work that somebody was woken for. */
export interface FalsePage {
  readonly title: string;
  readonly why: string;
  /** The benign campaign behind it; empty for daily life. */
  readonly campaign: string;
}

export interface RangeResult {
  readonly name: string;
  readonly events: number;
  readonly attackEvents: number;
  readonly days: number;
  readonly campaigns: readonly CampaignResult[];
  readonly techniques: readonly RangeTechniqueResult[];
  /** Findings that rest on nothing of an incident. */
  readonly benign: { readonly [severity in Severity]: number };
  readonly loud: { readonly [rule: string]: number };
  readonly falsePages: readonly FalsePage[];
  readonly falsePagesADay: number;
  /** From an event to the delivery of the object that holds it, in seconds: what a collector waits for. */
  readonly delivery: { readonly p50: number; readonly p99: number };
}

/** As docs/guides/write-a-campaign.md tells it. */
export interface Truth {
  readonly campaigns: readonly { readonly id: string; readonly campaign: string; readonly incident: boolean }[];
  readonly events: readonly { readonly eventID: string; readonly campaign: string; readonly techniques: readonly string[] }[];
  readonly traffic?: readonly TruthTraffic[];
}

interface TruthTraffic {
  readonly campaign: string;
  readonly techniques: readonly string[];
  readonly account: string;
  readonly instance?: string;
  readonly interface?: string;
  readonly address?: string;
  /** Of what services' logs tell: load balancer, cluster, bucket, database or pool; who asked; from where. */
  readonly resource?: string;
  readonly principal?: string;
  readonly peers?: readonly string[];
  readonly firstTime: string;
  readonly lastTime: string;
}

/** What is kept of a finding: large runs have many. */
export interface KeptFinding {
  readonly id: string;
  readonly severity: Severity;
  readonly rule: { readonly id: string; readonly techniques: readonly string[] };
  /** Events and entries of traffic of the truth that it rests on: `eventID`, or `campaign` alone of traffic. */
  readonly on: readonly { readonly eventID: string | null; readonly campaign: string; readonly techniques: readonly string[] }[];
  /** One event is enough for it. */
  readonly single: boolean;
}

interface Delivered {
  readonly time: number;
  readonly delivered: number;
}

/** Writes the range's logs, judges them, and compares with the ground truth. */
export async function measureRange(options: RangeOptions, say: (text: string) => void): Promise<RangeResult> {
  const { seed, accounts, events, days, campaignFolders, ownCampaigns } = options;
  const name = `seed ${seed}, ${accounts} accounts, ${events} events, ${days} days`;
  const parent = mkdtempSync(join(tmpdir(), 'jobzero-eval-range-'));
  const out = join(parent, 'logs');
  try {
    say(`range: writing logs, ${name}`);
    await range(
      rangeInput({
        out,
        seed,
        accounts,
        events,
        days,
        campaignFolders,
        ownCampaigns,
        flows: Math.round(events / 10),
        queries: Math.round(events / 20),
        web: Math.round(events / 10),
        eks: Math.round(events / 10),
        s3Access: Math.round(events / 20),
        databases: Math.round(events / 20),
        signIns: Math.round(events / 20),
        edge: Math.round(events / 10),
        api: Math.round(events / 20),
        nlb: Math.round(events / 40),
        clb: Math.round(events / 40),
        chaos: true,
        onFault: (message) => say(`a campaign was refused: ${message}`),
      }),
    );
    const truth = JSON.parse(readFileSync(`${out}.truth.json`, 'utf8')) as Truth;
    const { attacks, delays } = readDelivery(out, new Set(truth.events.map(({ eventID }) => eventID)));
    say('range: detecting');
    // As a customer has it whose organisation may be listed.
    const judged = await detectFolder(out, keeper(truth), null, [`${out}.lists`]);
    return scoreRange({
      name,
      days,
      truth,
      attacks,
      delays,
      findings: judged.findings,
      incidents: judged.incidents,
      events: judged.events,
    });
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/** Says of a finding what of the truth it rests on. Lines of traffic have no ids: host or peer and time tell. */
export function keeper(truth: Truth): (finding: Finding) => KeptFinding {
  const byEvent = new Map(truth.events.map((event) => [event.eventID, event]));
  const traffic = truth.traffic ?? [];
  return ({ id, severity, rule, evidence, group, resources, actor }) => {
    const onEvents = evidence.flatMap(({ id: event }) => byEvent.get(event) ?? []);
    const near = traffic.filter(({ firstTime, lastTime }) =>
      evidence.some(({ time }) => time >= Date.parse(firstTime) - 600_000 && time <= Date.parse(lastTime) + 600_000),
    );
    const text = near.length > 0 && onEvents.length === 0 ? JSON.stringify([group, resources, actor, evidence]) : '';
    const onTraffic = near.filter((one) => isAbout(text, one));
    return {
      id,
      severity,
      rule: { id: rule.id, techniques: rule.techniques },
      on: [...onEvents, ...onTraffic.map(({ campaign, techniques }) => ({ eventID: null, campaign, techniques }))],
      single: evidence.every((item) => item.rule === rule.id),
    };
  };
}

/** So many peers of an entry are told; where there are more, what was asked tells. */
const peersTold = 50;

function isAbout(text: string, { instance, interface: networkInterface, address, resource, principal, peers = [] }: TruthTraffic): boolean {
  const names = (name: string | undefined) => name !== undefined && text.includes(name);
  if (resource === undefined) return [instance, networkInterface, address].some(names);
  const is = (name: string | undefined) => name !== undefined && text.includes(`"${name}"`);
  return peers.some(is) || (names(resource) && (is(principal) || peers.length >= peersTold));
}

interface Scored {
  readonly name: string;
  readonly events: number;
  readonly days: number;
  readonly truth: Truth;
  readonly attacks: ReadonlyMap<string, Delivered>;
  readonly delays: readonly number[];
  readonly findings: readonly KeptFinding[];
  readonly incidents: readonly Pick<Incident, 'pages' | 'members' | 'title' | 'why'>[];
}

/** Compares findings and incidents with the truth. */
export function scoreRange({ name, events, days, truth, attacks, delays, findings, incidents }: Scored): RangeResult {
  const runs = truth.campaigns.filter(({ incident }) => incident);
  const isIncident = new Set(runs.map(({ id }) => id));
  const rests = (finding: KeptFinding) => finding.on.some(({ campaign }) => isIncident.has(campaign));
  const benign = findings.filter((finding) => !rests(finding));
  const byId = new Map(findings.map((finding) => [finding.id, finding]));
  const paging = incidents
    .filter(({ pages }) => pages)
    .map(({ members, title, why }) => ({ title, why, members: members.flatMap(({ finding }) => byId.get(finding) ?? []) }));
  const campaigns = runs.map(({ id }): CampaignResult => {
    const own = truth.events.filter(({ campaign }) => campaign === id);
    const found = findings.filter(({ on }) => on.some(({ campaign }) => campaign === id));
    const pages = paging.filter(({ members }) => members.some(({ on }) => on.some(({ campaign }) => campaign === id)));
    const started = Math.min(...own.map(({ eventID }) => attacks.get(eventID)?.time ?? Number.POSITIVE_INFINITY));
    const after = (of: readonly KeptFinding[]) => {
      const times = of.map((finding) => completedAt(finding, id, attacks)).filter((time) => time !== null);
      return times.length === 0 || !Number.isFinite(started) ? null : Math.max(0, (Math.min(...times) - started) / 1000);
    };
    return {
      campaign: id,
      events: own.length,
      seen: new Set(found.flatMap(({ on }) => on.filter(({ campaign }) => campaign === id).flatMap(({ eventID }) => eventID ?? []))).size,
      traffic: (truth.traffic ?? []).filter(({ campaign }) => campaign === id).length,
      severity: worstSeverity(found),
      pages: pages.length,
      firstFinding: after(found),
      firstPage: after(pages.flatMap(({ members }) => members)),
    };
  });
  const falsePages = paging
    .filter(({ members }) => !members.some(rests))
    .map(({ title, why, members }) => ({ title, why: why.join(' '), campaign: members.flatMap(({ on }) => on)[0]?.campaign ?? '' }));
  return {
    name,
    events,
    attackEvents: truth.events.filter(({ campaign }) => isIncident.has(campaign)).length,
    days,
    campaigns,
    techniques: techniqueResults(truth, isIncident, findings),
    benign: bySeverity(benign),
    loud: loudRules(benign),
    falsePages,
    falsePagesADay: falsePages.length / days,
    delivery: { p50: delays.length === 0 ? 0 : median(delays), p99: percentile(delays, 0.99) },
  };
}

/**
 * When the last event that the finding needs was delivered: where one is enough the first of the campaign, else the last one that is
 * kept as evidence, which is late rather than early. Null for findings on traffic.
 */
function completedAt({ on, single }: KeptFinding, run: string, attacks: ReadonlyMap<string, Delivered>): number | null {
  const own = on.filter(({ campaign, eventID }) => campaign === run && eventID !== null);
  const times = own.flatMap(({ eventID }) => attacks.get(eventID ?? '')?.delivered ?? []).sort((a, b) => a - b);
  return (single ? times[0] : times.at(-1)) ?? null;
}

function techniqueResults(
  truth: Truth,
  isIncident: ReadonlySet<string>,
  findings: readonly KeptFinding[],
): readonly RangeTechniqueResult[] {
  const results = new Map<string, { campaigns: Set<string>; found: Set<string> }>();
  for (const { campaign, techniques } of [...truth.events, ...(truth.traffic ?? [])]) {
    if (!isIncident.has(campaign)) continue;
    for (const technique of techniques) {
      const result = results.get(technique) ?? { campaigns: new Set(), found: new Set() };
      results.set(technique, result);
      result.campaigns.add(campaign);
    }
  }
  for (const { on, rule } of findings) {
    for (const { campaign, techniques } of on) {
      for (const technique of techniques) {
        if (rule.techniques.some((is) => sameTechnique(is, technique))) results.get(technique)?.found.add(campaign);
      }
    }
  }
  return [...results]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([technique, { campaigns, found }]) => ({ technique, campaigns: campaigns.size, found: found.size }));
}

function worstSeverity(findings: readonly KeptFinding[]): Severity | null {
  const counts = bySeverity(findings);
  return (['Critical', 'High', 'Medium', 'Low', 'Informational'] as const).find((severity) => counts[severity] > 0) ?? null;
}

const recordOf = /"eventTime":"([^"]+)"|"eventID":"([^"]+)"/g;
const stampOf = /_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*\.json\.gz$/;
/** So many delays are a sample that is good enough. */
const sampled = 1_000_000;

/** When events happened and when the object with them was there, by CloudTrail's names of objects: those of campaigns, and a sample of all. */
function readDelivery(folder: string, wanted: ReadonlySet<string>) {
  const attacks = new Map<string, Delivered>();
  const delays: number[] = [];
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
        if (delays.length < sampled) delays.push(Math.max(0, (delivered - time) / 1000));
      } else if (eventId !== undefined && wanted.has(eventId)) attacks.set(eventId, { time, delivered: Math.max(time, delivered) });
    }
  }
  return { attacks, delays };
}

function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
}
