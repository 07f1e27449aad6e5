import { readFile } from 'node:fs/promises';
import { closeQuietFindings } from '../../src/app/close-quiet-findings.ts';
import { dispatch } from '../../src/app/dispatch.ts';
import { inHand } from '../../src/app/incident-in-hand.ts';
import { ingestBatch } from '../../src/app/ingest-batch.ts';
import type { OnProgress } from '../../src/app/on-progress.ts';
import { readTolerance } from '../../src/app/read-tolerance.ts';
import { type ReplayReport, replay } from '../../src/app/replay.ts';
import { askAboutIncidents } from '../../src/app/triage/ask-about-incidents.ts';
import { Deferred, type Triaged, triage } from '../../src/app/triage.ts';
import { splitCheckpoints } from '../../src/core/lib/checkpoint.ts';
import type { Campaign, CampaignCall } from '../../src/core/model/campaign.ts';
import type { Decision } from '../../src/core/model/decision.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { Action } from '../../src/core/model/plan.ts';
import type { LedgerReport } from '../../src/core/ports/ledger.ts';
import type { FindingRow, Findings } from '../../src/core/ports/store.ts';
import { engineLoader } from '../../src/edge/engine/load-engine.ts';
import { peopleOf } from '../../src/range/people.ts';
import { openParts, type Parts } from './open-parts.ts';
import { gathered, openWorld, type World } from './open-world.ts';
import { type AskedQuestion, peopleOver, reachableOf, usualHabits } from './people.ts';
import { toleranceFor } from './tolerance-for.ts';
import { type Truth, truthOf } from './truth.ts';

export interface MonthOptions {
  readonly seed: string;
  /** Each run in one database has its own. */
  readonly tenant: string;
  readonly accounts: number;
  readonly days: number;
  /** Of daily life, of an average account. */
  readonly eventsADay: number;
  readonly campaigns: readonly Campaign[];
  readonly fast: boolean;
  /** YAML; the people of the organisation are added. */
  readonly tolerance: string;
  /** A database with all migrations, as the app role. */
  readonly databaseUrl: string;
  /** For the ledger's key and checkpoints. */
  readonly folder: string;
  readonly onProgress?: OnProgress;
}

export interface DecisionFact {
  readonly finding: Finding;
  readonly decision: Decision;
  /** Milliseconds since 1970, simulated. */
  readonly at: number;
  /** From the beginning of the batch in which the finding came, in real milliseconds. */
  readonly processingMs: number;
}

export interface FindingFact {
  readonly row: FindingRow;
  readonly life: Awaited<ReturnType<Findings['life']>>;
  /** Runs of incidents of which an attacker's call is in its evidence. */
  readonly attacks: readonly string[];
  /** It is in an incident that woke somebody, or that somebody has judged. */
  readonly known: boolean;
}

/** What happened in a month, before it is measured. */
export interface MonthFacts {
  readonly start: number;
  readonly end: number;
  readonly accounts: number;
  readonly events: number;
  readonly runs: World['runs'];
  readonly calls: readonly CampaignCall[];
  readonly truth: Truth;
  readonly decisions: readonly DecisionFact[];
  readonly findings: readonly FindingFact[];
  readonly actions: readonly Action[];
  readonly questions: readonly AskedQuestion[];
  readonly askedActors: ReadonlySet<string>;
  readonly texts: number;
  readonly pages: readonly Page[];
  readonly replay: ReplayReport;
  readonly ledger: LedgerReport;
  /** Workflows that threw. */
  readonly faults: readonly string[];
  readonly protected: readonly string[];
  readonly seconds: number;
}

/** An incident that wakes somebody. */
export interface Page {
  readonly at: number;
  readonly title: string;
  readonly why: readonly string[];
  readonly findings: readonly string[];
  /** Runs of incidents behind it. */
  readonly runs: readonly string[];
}

/** A Monday. */
const start = Date.UTC(2026, 0, 5);
const minute = 60_000;
const hour = 3_600_000;
const day = 24 * hour;

/**
 * Lets an organisation live for some days with the product watching and acting, minute by minute: people and attackers make their calls,
 * what was delivered is taken in, findings are decided, actions carried out against the same organisation, people answer. Nothing but
 * log objects, the cloud and people's answers reaches the product.
 */
export async function runMonth(options: MonthOptions): Promise<MonthFacts> {
  const began = performance.now();
  const { seed, tenant, accounts, days, eventsADay, campaigns, fast, databaseUrl, folder } = options;
  const end = start + Math.round(days * 24) * hour;
  let now = start;
  const clock = { now: () => now };
  const world = openWorld({ seed, accounts, start, days, eventsADay, campaigns, fast, now: clock.now });
  const humans = peopleOf(world.range.state);
  const tolerance = toleranceFor(options.tolerance, humans, world.runs, Object.values(world.range.state.accounts));
  const reachable = reachableOf(humans);
  const parts = await openParts({
    tenant,
    databaseUrl,
    folder,
    cloud: world.cloud,
    clock,
    logs: world.bucket.logs,
    tolerance,
    reachable: async () => reachable,
  });
  try {
    const truth = truthOf(world);
    const people = peopleOver(parts, truth, humans, usualHabits);
    const decisions: DecisionFact[] = [];
    const pages: Page[] = [];
    const paged = new Set<string>();
    const deferred = new Deferred();
    const triaged = (batchBegan: number) => (one: Triaged) =>
      decisions.push({ finding: one.finding, decision: one.decision, at: now, processingMs: performance.now() - batchBegan });

    /** One round of all that a worker keeps doing; again while people's answers give more to do. */
    const work = async (batchBegan: number) => {
      do {
        while ((await triage(parts.triage, deferred, triaged(batchBegan))).length > 0);
        const started = await dispatch({ store: parts.store, durable: parts.durable, tenant });
        if (started.actions.length + started.undos.length > 0) await parts.durable.settled();
        truth.follow();
        await askAboutIncidents({ store: parts.store, tenant, clock, playbooks: parts.playbooks });
      } while (await people.answer());
    };

    const closeAfterDays = readTolerance(tolerance, 'tolerance').closeAfterDays;
    const until = end + 2 * hour;
    let changed = true;
    let nextClose = start + hour;
    for (now = start + minute; now <= until; now += minute) {
      world.advance(now);
      const objects = world.bucket.arrived(now);
      const batchBegan = performance.now();
      if (objects.length > 0) {
        const { changes } = await ingestBatch(parts.ingest, objects);
        changed ||= changes.length > 0;
        if (changes.length > 0) pages.push(...(await newPages(parts, truth, paged, now)));
      }
      // Questions and what was put off have their own times.
      if (changed || now % gathered === 0) await work(batchBegan);
      changed = false;
      if (now >= nextClose) {
        await closeQuietFindings({ store: parts.store, tenant, clock, playbooks: parts.playbooks });
        await parts.sequence(now);
        nextClose += hour;
        options.onProgress?.({ done: Math.round((now - start) / hour), total: Math.round((end - start) / hour), doing: 'hours' });
      }
    }
    // Nothing follows any more: what is only watched is closed when its time is over.
    for (; now <= until + (closeAfterDays + 1) * day; now += day / 2) {
      await work(performance.now());
      await closeQuietFindings({ store: parts.store, tenant, clock, playbooks: parts.playbooks });
    }
    await parts.sequence(now);

    const report = await replay(tenant, parts.store, engineLoader(), (done) =>
      options.onProgress?.({ done, total: null, doing: 'replaying decisions' }),
    );
    const ledger = await parts.ledger.verify(splitCheckpoints(await readFile(parts.checkpointsFile, 'utf8')));
    return {
      start,
      end,
      accounts,
      events: world.events() + world.calls.length,
      runs: world.runs,
      calls: world.calls,
      truth,
      decisions,
      findings: await allFindings(parts, truth),
      actions: await parts.store.within(tenant, (tx) => tx.actions.list({ limit: 100_000 })),
      questions: people.questions,
      askedActors: people.askedActors,
      texts: people.texts.size,
      pages,
      replay: report,
      ledger,
      faults: parts.faults,
      protected: [...readTolerance(tolerance, 'tolerance').protected, ...parts.triage.own().patterns],
      seconds: (performance.now() - began) / 1000,
    };
  } finally {
    await parts.close();
  }
}

/** Incidents that page and of whose findings nobody was told yet. */
async function newPages({ tenant, store }: Parts, truth: Truth, paged: Set<string>, now: number): Promise<readonly Page[]> {
  const paging = await store.within(tenant, (tx) => tx.incidents.list({ pages: true, isOpen: true, limit: 500 }));
  const pages: Page[] = [];
  for (const { incident } of paging) {
    const findings = incident.members.map(({ finding }) => finding);
    const known = findings.some((id) => paged.has(id));
    for (const id of findings) paged.add(id);
    if (known) continue;
    const rows = await store.within(tenant, async (tx) => Promise.all(findings.map((id) => tx.findings.get(id))));
    const runs = [...new Set(rows.flatMap((row) => (row === null ? [] : truth.attacksIn(row.finding.evidence))))];
    pages.push({ at: now, title: incident.title, why: incident.why, findings, runs });
  }
  return pages;
}

async function allFindings({ tenant, store }: Parts, truth: Truth): Promise<readonly FindingFact[]> {
  const facts: FindingFact[] = [];
  for (let after: string | undefined; ; ) {
    const page: readonly FindingFact[] = await store.within(tenant, async (tx) => {
      const found: FindingFact[] = [];
      for (const row of await tx.findings.list({ limit: 500, ...(after === undefined ? {} : { after }) })) {
        const { id, evidence } = row.finding;
        const [member] = await tx.incidents.members([id]);
        const incident = member?.incident == null ? null : await tx.incidents.get(member.incident);
        const judged = incident === null ? null : await inHand(tx, incident.incident.id);
        const known = incident?.incident.pages === true || judged !== null;
        found.push({ row, life: await tx.findings.life(id), attacks: truth.attacksIn(evidence), known });
      }
      return found;
    });
    facts.push(...page);
    after = page.at(-1)?.row.finding.id;
    if (after === undefined) return facts;
  }
}
