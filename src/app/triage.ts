import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import { canonicalJson } from '../core/lib/canonical-json.ts';
import { handsOf } from '../core/lib/hands-of.ts';
import { hashOf, idOf, sha256 } from '../core/lib/hash.ts';
import { tellsOfCredentials } from '../core/lib/tells-of-credentials.ts';
import { weaknessOf } from '../core/lib/weakness-of.ts';
import type { About, DecideContext, Deployer } from '../core/model/decide-context.ts';
import type { Decision, ProposedAction } from '../core/model/decision.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Playbook } from '../core/model/plan.ts';
import { severityIds } from '../core/model/severity.ts';
import type { DecisionRow, Tx } from '../core/ports/store.ts';
import { endFinding } from './end-finding.ts';
import { engineBundle, engineVersion } from './generated/decide-bundle.ts';
import { importFindings } from './import-findings.ts';
import { joinIncidents } from './join-incidents.ts';
import { ledBy } from './join-weaknesses.ts';
import { operatorsOf } from './on-call/on-call-settings.ts';
import { tally } from './on-call/tally.ts';
import { personNamed } from './owners/owner-of.ts';
import { planAction } from './plan-action.ts';
import { isStopped } from './settings.ts';
import { toleranceOf } from './tolerance-of.ts';
import { aboutFinding } from './triage/about-finding.ts';
import { ask, incidentOf, unask } from './triage/ask.ts';
import { offerBeside } from './triage/ask-about-incidents.ts';
import { askActor, type Reachable } from './triage/ask-actor.ts';
import { decideAgain, decidedAnew, dueAgain, isDueAgain } from './triage/decide-again.ts';
import { type Chain, chainLooked, chainUnread, dueChains } from './triage/follow-chain.ts';
import { incidentFor } from './triage/incident-for.ts';
import { lastChange } from './triage/last-change.ts';
import { changeLearnt } from './triage/learn-changes.ts';
import { ownActionOf } from './triage/own-action.ts';
import { proposeChange } from './triage/propose-change.ts';
import { readTheChain, readTheWorld, type World } from './triage/read-the-world.ts';
import type { TriageDeps } from './triage/triage-deps.ts';
import { unansweredOf } from './triage/unanswered.ts';

export interface Triaged {
  readonly finding: Finding;
  readonly decision: Decision;
  readonly actions: readonly string[];
  readonly judgement: string | null;
}

const hour = 3_600_000;
/** Findings looked at in one round. */
const mostAtOnce = 500;
/** What is put off, and looked at again. Bounded by what is undecided. */
export class Deferred {
  /** Revision -> when to look again. */
  readonly again = new Map<string, number>();
  /** Id -> since when what is coming in is waited for. */
  readonly settling = new Map<string, number>();

  /** Forgets all but these: the others were decided elsewhere, or have moved on. */
  keep(waiting: readonly Finding[]): void {
    const revisions = new Set(waiting.map(({ revision }) => revision));
    const ids = new Set(waiting.map(({ id }) => id));
    for (const revision of this.again.keys()) if (!revisions.has(revision)) this.again.delete(revision);
    for (const id of this.settling.keys()) if (!ids.has(id)) this.settling.delete(id);
  }
}

/** Asking the event history costs calls of a small quota: not more often than this for each finding. */
const askAgainAfter = 60_000;
const lookAgainAfter = 5_000;
/** So long what comes in together comes in. */
const settlesIn = 20_000;
/** So long one finding waits for another that AWS may still confirm: it is looked at twice in this time. */
const waitsForOthers = 2 * askAgainAfter;

/**
 * Decides every finding whose current revision has no decision yet; returns what was decided. Any number may run at
 * once. A finding that AWS may still confirm is put off, and remembered in `deferred`. `onTriaged` hears of each decision
 * when it is made: what follows from it may be done before the last of the others. Throws the first error when all have had their turn.
 */
export async function triage(
  deps: TriageDeps,
  deferred: Deferred = new Deferred(),
  onTriaged: (triaged: Triaged) => void = () => {},
): Promise<readonly Triaged[]> {
  const { undecided, again, chains } = await deps.store.within(deps.tenant, async (tx) => ({
    undecided: await tx.findings.undecided(mostAtOnce),
    again: await dueAgain(tx, deps.clock.now()),
    chains: await dueChains(tx, deps.clock.now()),
  }));
  const pending = new Set(undecided.map(({ id }) => id));
  // What is confirmed of some tells of the others: first what says that credentials are in other hands, then the gravest.
  const first = (finding: Finding) => (tellsOfCredentials(finding) ? 100 : 0) + severityIds[finding.severity];
  const waiting = [...undecided, ...again.filter(({ id }) => !pending.has(id))].toSorted((a, b) => first(b) - first(a));
  deferred.keep(waiting);
  const telling = undecided.filter(tellsOfCredentials).map((one) => ({ id: one.id, hands: handsOf(one) }));
  const done: Triaged[] = [];
  const faults: unknown[] = [];
  const reach = waiting.length === 0 ? {} : ((await deps.reachable?.()) ?? {});
  for (const finding of waiting) {
    const at = deps.clock.now();
    if ((deferred.again.get(finding.revision) ?? 0) > at) continue;
    const hands = handsOf(finding);
    const others = telling.some((one) => one.id !== finding.id && [...one.hands].some((hand) => hands.has(hand)));
    const comesIn = others && at - (deferred.settling.get(finding.id) ?? at) < waitsForOthers;
    let triaged: Awaited<ReturnType<typeof triageOne>>;
    try {
      triaged = await triageOne(deps, finding, reach, comesIn);
    } catch (error) {
      // One that cannot be decided now holds up no other, and is tried again in the next round.
      faults.push(error);
      continue;
    }
    const after = triaged === 'deferred' ? askAgainAfter : triaged === 'settles' ? lookAgainAfter : 0;
    if (after > 0) deferred.again.set(finding.revision, at + after);
    else deferred.again.delete(finding.revision);
    if (triaged === 'settles') deferred.settling.set(finding.id, deferred.settling.get(finding.id) ?? at);
    if (triaged === null || triaged === 'deferred' || triaged === 'settles') continue;
    deferred.settling.delete(finding.id);
    done.push(triaged);
    onTriaged(triaged);
  }
  for (const due of chains) {
    try {
      const triaged = await triageChain(deps, due);
      if (triaged === null) continue;
      done.push(triaged);
      onTriaged(triaged);
    } catch (error) {
      // The event history answers a few calls a second: it is not asked again at once.
      await deps.store.within(deps.tenant, (tx) => chainUnread(tx, due.finding.id, due.chain, deps.clock.now()));
      faults.push(error);
    }
  }
  if (faults.length > 0) throw faults[0];
  return done;
}

/**
 * Decides what becomes of sessions that cut-off credentials had taken on. What automation may not do alone is done for the person who had the credentials cut off, where
 * one person may say so and no workload uses the same name of a session; the engineer is asked about the rest. Null where there is nothing to do.
 */
async function triageChain(
  deps: TriageDeps,
  { finding, chain }: { readonly finding: Finding; readonly chain: Chain },
): Promise<Triaged | null> {
  const { store, tenant } = deps;
  const world = await readTheChain(deps, finding);
  return store.within(tenant, async (tx) => {
    if (!(await chainLooked(tx, finding.id, chain, deps.clock.now())) || world.offers.length === 0) return null;
    const at = deps.clock.now();
    const deployer = await knownBefore(tx, finding.id, await tx.decisions.ofFinding(finding.id));
    const { decision, write } = await decideNow(deps, tx, finding, { world, reach: {}, deployer }, at);
    await write();
    const actions: string[] = [];
    const plan = async (action: ProposedAction, by: string) => {
      const id = await planAction(tx, finding, action, by, at);
      if (id !== null) actions.push(id);
    };
    const { asks = [], ...alone } = decision;
    if (decision.verdict === 'act') for (const action of alone.actions) await plan(action, 'automation');
    const serves = new Set(world.offers.flatMap(({ target, servesProduction }) => (servesProduction === 'no' ? [] : [hashOf(target)])));
    const held = decision.verdict === 'act' ? asks : alone.actions;
    const left: ProposedAction[] = [];
    for (const action of held) {
      if (chain.by === 'automation' || action.approvals >= 2 || serves.has(hashOf(action.target))) left.push(action);
      else await plan(action, chain.by);
    }
    const judgement = left.length === 0 ? null : await ask(tx, finding, { ...decision, actions: left }, deps.playbooks, at);
    return { finding, decision, actions, judgement };
  });
}

/**
 * Decides one finding: reads what must be known of the world, stores the arguments by hash, decides with the bundled
 * engine, and writes decision, leaf and what follows from it in one transaction. Null when the finding has moved on.
 */
async function triageOne(
  deps: TriageDeps,
  finding: Finding,
  reach: Reachable,
  comesIn: boolean,
): Promise<Triaged | 'deferred' | 'settles' | null> {
  const world = await readTheWorld(deps, finding);
  if (world.later) return 'deferred';
  // With what AWS says it is another revision, which is decided in the next round.
  if (world.answers.length > 0 && (await importAnswers(deps, world.answers))) return null;
  const look: Look = { world, reach, comesIn };
  const decided = await decideWith(deps, finding, look);
  if (decided !== 'asks') return decided;
  // Only a person reads it: of what is closed, watched or done alone AWS is not asked.
  const asking = await decideWith(deps, finding, { ...look, deployer: await lastChange(deps.cloud, finding) });
  return asking === 'asks' ? null : asking;
}

/** What was read before a decision. */
interface Look {
  readonly world: World;
  readonly reach: Reachable;
  /** Something that may decide it without a person waits for AWS's confirmation. */
  readonly comesIn: boolean;
  /** Who changed it last, where AWS was asked. */
  readonly deployer?: Deployer | null;
}

/**
 * `asks`: a person is to be asked, and nobody has looked yet who changed it last; with `deployer` it is never the answer. `settles`: what is coming in may
 * decide it without a person. Nothing is written then.
 */
async function decideWith(
  deps: TriageDeps,
  finding: Finding,
  { world, reach, comesIn, deployer }: Look,
): Promise<Triaged | 'asks' | 'settles' | null> {
  const { store, tenant } = deps;
  return store.within(tenant, async (tx) => {
    const current = await tx.findings.get(finding.id);
    if (current === null || current.finding.revision !== finding.revision || current.state === 'retracted') return null;
    const earlier = await tx.decisions.ofFinding(finding.id);
    const at = deps.clock.now();
    const isDone = await isDecided(tx, finding, earlier);
    if (isDone && !(await isDueAgain(tx, finding.id, at))) return null;
    const changed = deployer === undefined ? await knownBefore(tx, finding.id, earlier) : deployer;
    const { decision, about, write } = await decideNow(deps, tx, finding, { world, reach, deployer: changed }, at);
    const unsettled = await isUnsettled(tx, decision, comesIn, at);
    if (unsettled && (isDone || decision.verdict === 'ask')) return 'settles';
    const { asks, ...alone } = decision;
    if (!unsettled && changed === undefined && (decision.verdict === 'ask' || asks !== undefined)) return 'asks';
    await write();
    // What automation may do alone is done at once, and what is coming in may decide the rest without a person.
    await (unsettled ? decideAgain(tx, finding.id, at + lookAgainAfter, at) : decidedAnew(tx, finding.id, at));
    if (earlier.length === 0) await tally(tx, finding.id, { decided: 1 }, at);
    // Only what was decided before can be asked about already.
    if (earlier.length > 0 && decision.verdict !== 'ask')
      await unask(tx, finding.id, at, `Decided anew: ${decision.verdict}. ${decision.reason}`);
    if (decision.guardrails.includes('flapping')) await proposeChange(tx, finding, decision, about.owner, deps.playbooks, reach, at);
    return { finding, decision, ...(await follow(tx, finding, unsettled ? alone : decision, deps.playbooks, reach, at)) };
  });
}

/** A decision as things are now, with what it rests on, and how it is written down. */
interface DecidedNow {
  readonly decision: Decision;
  readonly about: About;
  readonly write: () => Promise<void>;
}

/** Puts together what is known, and decides with the bundled engine. Nothing is written before `write`. */
async function decideNow(
  deps: TriageDeps,
  tx: Tx,
  finding: Finding,
  { world, reach, deployer }: Pick<Look, 'world' | 'reach'> & { readonly deployer?: Deployer | null | undefined },
  at: number,
): Promise<DecidedNow> {
  const tolerance = await toleranceOf(tx);
  const about = ownedByPerson(await aboutFinding(tx, finding, tolerance, { exposing: deps.exposing, deployer }), reach);
  const inIncident = await incidentOf(tx, finding.id);
  const incident = inIncident === null ? null : await tx.incidents.get(inIncident);
  const weakness = finding.imported === undefined ? null : weaknessOf(finding);
  const operators = world.offers.some(({ cutsOff }) => cutsOff === true) ? await operatorsOf(tx) : [];
  const own = deps.own();
  const context: DecideContext = {
    format: 'jobzero.context/1',
    at,
    stopped: await isStopped(tx),
    evidence: world.evidence,
    ownAction: await ownActionOf(tx, finding, own.patterns),
    startedLastHour: {
      everywhere: await tx.actions.startedSince(at - hour, null),
      account: await tx.actions.startedSince(at - hour, finding.account),
    },
    own: own.patterns,
    ownWhat: own.what,
    ...(operators.length === 0 ? {} : { operators }),
    offers: world.offers,
    about,
    incident: incident === null ? null : await incidentFor(tx, incident.incident, finding, deps.sequences ?? []),
    ...(weakness === null ? {} : { weakness: { control: weakness.control, ledBy: await ledBy(tx, finding.id) } }),
    reachable: Object.keys(reach).sort(),
    ...(await unansweredOf(tx, finding)),
  };
  const texts = { finding: canonicalJson(finding), context: canonicalJson(context), tolerance: canonicalJson(tolerance) };
  const bytes = deps.engines.load(engineBundle)(texts.finding, texts.context, texts.tolerance);
  const decision = JSON.parse(bytes) as Decision;
  return { decision, about, write: () => record(tx, finding, texts, bytes, decision, at) };
}

/** With the person who is meant by the owner's name, where that person can be asked. */
function ownedByPerson(about: About, reach: Reachable): About {
  const person = about.owner === null || about.owner.changedLast === true ? null : personNamed(about.owner.name, reach);
  return about.owner === null || person === null ? about : { ...about, owner: { ...about.owner, person } };
}

/**
 * Is only missing that something says whose hands the credentials are in, and was it raised just now, or does something that says so wait for AWS's
 * confirmation? Counted from its raising and from the first look, so that more of it puts nothing off.
 */
async function isUnsettled(tx: Tx, { finding, guardrails }: Decision, comesIn: boolean, at: number): Promise<boolean> {
  if (!guardrails.includes('deed-only')) return false;
  const raised = (await tx.findings.life(finding))[0]?.at ?? 0;
  return comesIn || at - raised < settlesIn;
}

/** Who changed it last, as it was found when it was decided before, or since: AWS is asked once about a finding. */
async function knownBefore(tx: Tx, finding: string, earlier: readonly DecisionRow[]): Promise<Deployer | null | undefined> {
  const [last] = earlier.toSorted((a, b) => b.at - a.at);
  const text = last === undefined ? null : await tx.documents.get(last.contextHash);
  const then = text === null ? undefined : (JSON.parse(text) as DecideContext).about?.deployer;
  return then === undefined ? changeLearnt(tx, finding) : then;
}

/** Its revision was decided, and what it tells did not come back since. */
async function isDecided(tx: Tx, finding: Finding, earlier: readonly DecisionRow[]): Promise<boolean> {
  const last = earlier.findLast((row) => row.revision === finding.revision);
  if (last === undefined) return false;
  const back = (await tx.findings.life(finding.id)).findLast(({ event }) => event === 'reopened');
  return back === undefined || last.at > back.at;
}

/** Imports what AWS answered; true when that changed something. */
async function importAnswers(
  { store, tenant, clock, answeredBy, sequences = [] }: TriageDeps,
  answers: World['answers'],
): Promise<boolean> {
  const copies = new CopiesById(tenant);
  for (const { report, at } of answers) copies.add(report, at);
  const drained = copies.drain();
  return store.within(tenant, async (tx) => {
    const at = clock.now();
    const changes = await importFindings(tx, drained, answeredBy ?? (() => []), at);
    await joinIncidents(tx, changes, sequences, at);
    return changes.length > 0;
  });
}

async function record(
  tx: Tx,
  finding: Finding,
  texts: { readonly finding: string; readonly context: string; readonly tolerance: string },
  bytes: string,
  decision: Decision,
  at: number,
): Promise<void> {
  const findingHash = await tx.documents.put('finding', texts.finding);
  const contextHash = await tx.documents.put('context', texts.context);
  const toleranceHash = await tx.documents.put('tolerance', texts.tolerance);
  await tx.documents.put('engine', engineBundle);
  const decisionHash = sha256(bytes);
  const id = idOf(finding.id, finding.revision, contextHash, toleranceHash, engineVersion);
  await tx.decisions.put({
    id,
    finding: finding.id,
    revision: finding.revision,
    at,
    findingHash,
    contextHash,
    toleranceHash,
    engine: engineVersion,
    decisionHash,
    decision,
  });
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'decision',
    subject: id,
    at,
    data: {
      finding: finding.id,
      revision: finding.revision,
      verdict: decision.verdict,
      findingHash,
      contextHash,
      toleranceHash,
      engine: engineVersion,
      decisionHash,
    },
  });
}

/** What follows from a decision: planned actions, a question, or the finding's end. */
async function follow(
  tx: Tx,
  finding: Finding,
  decision: Decision,
  playbooks: readonly Playbook[],
  reach: Reachable,
  at: number,
): Promise<{ readonly actions: readonly string[]; readonly judgement: string | null }> {
  if (decision.verdict === 'close') {
    const event = finding.imported?.state === 'suppressed' ? 'suppressed' : 'resolved';
    await endFinding(tx, finding, event, at, 'automation', decision.reason);
  }
  if (decision.verdict === 'act') {
    const actions: string[] = [];
    for (const proposed of decision.actions) {
      const id = await planAction(tx, finding, proposed, 'automation', at);
      if (id !== null) actions.push(id);
    }
    const { asks } = decision;
    return { actions, judgement: asks === undefined ? null : await put(tx, finding, { ...decision, actions: asks }, playbooks, reach, at) };
  }
  if (decision.verdict === 'watch') return { actions: [], judgement: await offerBeside(tx, finding, decision, playbooks, at) };
  if (decision.verdict !== 'ask') return { actions: [], judgement: null };
  return { actions: [], judgement: await put(tx, finding, decision, playbooks, reach, at) };
}

/** Puts what automation may not do alone to who did it, or to the engineer. Returns the engineer's question. */
async function put(
  tx: Tx,
  finding: Finding,
  decision: Decision,
  playbooks: readonly Playbook[],
  reach: Reachable,
  at: number,
): Promise<string | null> {
  const asked = decision.first === undefined ? [] : (reach[decision.first.person] ?? []);
  return (await askActor(tx, finding, decision, asked, at)) ? null : ask(tx, finding, decision, playbooks, at);
}
