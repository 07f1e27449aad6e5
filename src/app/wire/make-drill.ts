import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { playbooks as ownPlaybooks, rules as ownRules, sequences as ownSequences } from '../../../content/index.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { sha256 } from '../../core/lib/hash.ts';
import { type Campaign, natureOf } from '../../core/model/campaign.ts';
import type { About } from '../../core/model/decide-context.ts';
import type { Judgement } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import { severityIds } from '../../core/model/severity.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store } from '../../core/ports/store.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { takeLogObjects } from '../../range/log-objects.ts';
import { openRange } from '../../range/open-range.ts';
import { runCampaign } from '../../range/run-campaign.ts';
import { assessAccount } from '../assess.ts';
import { playbookTitle } from '../console/playbook-of.ts';
import { detect } from '../detect.ts';
import { cardOfJudgement } from '../exercise/card-of-judgement.ts';
import { disguiseCard } from '../exercise/disguise-card.ts';
import type { MadeDrill } from '../exercise/drills.ts';
import { joinIncidents } from '../join-incidents.ts';
import { contextOf } from '../judge/context-of.ts';
import { ownThings } from '../own/own-things.ts';
import { judgementOf } from '../triage/judgement-of.ts';
import { triage } from '../triage.ts';

const start = Date.UTC(2026, 0, 15, 9);
/** Long enough for those that wait for the night, and else for what is tried again and again to be seen. */
const hour = 3_600_000;
const lastsOf = ({ when }: Campaign) => (when === 'any' ? 3 : 30) * hour;
/** AWS's event history is late by some minutes. */
const later = 20 * 60_000;

/**
 * Plays a campaign on a simulated organisation of its own, finds and decides what it leaves, and makes a card of it: nothing of it is in the
 * state of this installation, and its cloud is the simulated one. `tenant` is whose the finding seems to be. Null where it leaves no question. `salt` chooses among several, and is the disguise.
 */
export async function makeDrill(tenant: string, campaign: Campaign, salt: string, at: number): Promise<MadeDrill | null> {
  const end = start + lastsOf(campaign);
  const range = openRange({ seed: salt, start, now: () => end + later });
  const calls = runCampaign(range, [campaign], start, end);
  const records = takeLogObjects(range.state, end + later).flatMap(
    ({ bytes }) => (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: readonly Json[] }).Records,
  );
  const findings = await findingsIn(tenant, records);
  const asked = await askedAbout(tenant, findings, range.cloud, end + later);
  const order = (id: string) => sha256(`${salt} ${id}`);
  const [chosen] = asked.toSorted((a, b) => (order(a.finding.id) < order(b.finding.id) ? -1 : 1));
  if (chosen === undefined) return null;
  const attacks = new Set(calls.filter(({ attacker }) => attacker).flatMap(({ eventId, otherEventId }) => [eventId, otherEventId]));
  const isAttack = chosen.finding.evidence.some(({ id }) => attacks.has(id));
  const playbooks = await ownPlaybooks();
  const card = cardOfJudgement(chosen.judgement, chosen.finding, (id) => playbookTitle(playbooks, id), chosen.about);
  return {
    card: disguiseCard(card, salt, at),
    truth: isAttack && natureOf(campaign).kind === 'attack' ? 'true-positive' : 'benign',
    of: { campaign: campaign.id, title: campaign.title },
  };
}

async function findingsIn(tenant: string, records: readonly Json[]): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jobzero-drill-'));
  const spill = fileSpill(folder);
  try {
    await writeFile(join(folder, 'records.json'), JSON.stringify({ Records: records }));
    const found = await detect({ roots: [folder], rules: await ownRules(), tenant, workers: 0 }, { logs: fileLogs(), spill });
    return [...found.findings].map((finding) => finding.read());
  } finally {
    spill.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Decides findings in a store of their own. What is asked about, or else what could have been: findings from Medium on. */
async function askedAbout(
  tenant: string,
  findings: readonly Finding[],
  cloud: ReturnType<typeof openRange>['cloud'],
  now: number,
): Promise<readonly { readonly finding: Finding; readonly judgement: Judgement; readonly about: About | null }[]> {
  const store = memoryStore();
  const playbooks = await ownPlaybooks();
  const sequences = await ownSequences();
  await store.within(tenant, async (tx) => {
    for (const finding of findings) await tx.findings.put(finding, now);
    // What it could do it asks about, so that there is something to judge.
    await tx.settings.set('tolerance', 'default: { act: ask, askFrom: Medium, askActorFor: 0 }', now, 'drill');
    for (const { id } of playbooks) await tx.settings.set(`armed/${id}/*`, { armed: true, signedBy: 'drill', shadowDays: 0 }, now, 'drill');
    await joinIncidents(
      tx,
      findings.map((finding) => ({ type: 'raised', finding, supersedes: null })),
      sequences,
      now,
    );
  });
  for (const account of new Set(findings.map((finding) => finding.account))) await lookAt(store, tenant, cloud, account, now);
  const rules = new Map((await ownRules()).map((rule) => [rule.id, rule]));
  const deps = {
    tenant,
    store,
    cloud,
    clock: { now: () => now },
    engines: engineLoader(),
    playbooks,
    rules,
    own: () => ownThings({ roles: [] }),
  };
  const decided = [];
  for (let round = await triage(deps); round.length > 0; round = await triage(deps)) decided.push(...round);
  const grave = decided.filter(({ finding }) => severityIds[finding.severity] >= severityIds.Medium);
  const asking = grave.filter(({ decision }) => decision.verdict === 'ask');
  return store.within(tenant, async (tx) => {
    const asked = [];
    for (const { finding, decision } of asking.length > 0 ? asking : grave)
      asked.push({
        finding,
        judgement: judgementOf(finding, decision, playbooks, now),
        about: (await contextOf(tx, finding.id, finding.revision))?.about ?? null,
      });
    return asked;
  });
}

/** The account's settings as they are, for what is known of a finding; they are judged by nobody here. */
async function lookAt(
  store: Store,
  tenant: string,
  cloud: ReturnType<typeof openRange>['cloud'],
  account: string,
  now: number,
): Promise<void> {
  const { snapshot } = await assessAccount(
    { cloud, controls: [], clock: { now: () => now }, tenant },
    account,
    await cloud.regions(account),
  );
  const { takenAt: _, ...content } = snapshot;
  await store.within(tenant, async (tx) => {
    const document = await tx.documents.put('snapshot', canonicalJson(content));
    await tx.settings.set(`snapshot/${account}`, { document }, now, 'drill');
  });
}
