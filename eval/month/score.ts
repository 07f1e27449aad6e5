import { meetsWildcard } from '../../src/core/lib/wildcard.ts';
import { techniques as knownTechniques } from '../../src/core/model/attack.ts';
import type { CampaignCall } from '../../src/core/model/campaign.ts';
import type { Action } from '../../src/core/model/plan.ts';
import { type Severity, severityIds } from '../../src/core/model/severity.ts';
import { needsNoPermission } from './choose-campaigns.ts';
import { upperBound } from './clopper-pearson.ts';
import type { FindingFact, MonthFacts } from './run-month.ts';

/** What became of one run of an attack. */
export interface CampaignScore {
  readonly run: string;
  readonly title: string;
  readonly account: string;
  /** The attacker's calls, how many of them succeeded, and on how many findings rest. */
  readonly calls: number;
  readonly succeeded: number;
  readonly findings: number;
  readonly severity: Severity | null;
  /**
   * `contained`: after the first action that helped every call failed, and there was one; `over`: no call was made after an action;
   * `not contained`: something was done, and calls went on; `told`: nothing was done, but a person was asked or woken; `missed`: neither.
   */
  readonly end: 'contained' | 'over' | 'not contained' | 'told' | 'missed' | 'nothing happened';
  /** From its first call until then, in milliseconds of simulated time. */
  readonly containedAfter: number | null;
  /** Calls after that, all of which failed. */
  readonly failedAfter: number;
  /** Successful calls by which data leaves or is lost, before and after the first action. */
  readonly objectiveBefore: number;
  readonly objectiveAfter: number;
  /** Of actions that were carried out about it. */
  readonly playbooks: readonly string[];
  /** By what the calls went on. */
  readonly stillWorked: readonly string[];
  readonly asked: boolean;
  readonly paged: boolean;
}

/** Something that should not have been so. */
export interface Wrong {
  readonly what:
    | 'missed attack'
    | 'wrong automatic action'
    | 'wrong approved action'
    | 'wrong closure'
    | 'not contained'
    | 'needless question'
    | 'needless page'
    | 'left open'
    | 'fault';
  readonly finding: string;
  readonly rule: string;
  readonly why: string;
}

export interface Spread {
  readonly n: number;
  readonly p50: number;
  readonly p95: number;
}

export interface Share {
  readonly n: number;
  readonly of: number;
  readonly share: number;
}

export interface MonthScore {
  readonly days: number;
  readonly accounts: number;
  readonly events: number;
  readonly findings: number;
  readonly decisions: { readonly [verdict: string]: number };
  readonly campaigns: readonly CampaignScore[];
  readonly missed: { readonly [severity in Severity]: number };
  readonly automaticActions: number;
  readonly wrongAutomaticActions: number;
  readonly approvedActions: number;
  readonly wrongApprovedActions: number;
  readonly closures: number;
  readonly wrongClosures: number;
  /** At 95 %, one-sided. */
  readonly wrongClosureBound: number;
  readonly judgements: number;
  readonly judgementsOnAttacks: number;
  readonly perShift: { readonly max: number; readonly mean: number };
  /** Of findings: neither the engineer nor who did it was asked anything; and the engineer was not. */
  readonly withoutHuman: Share;
  readonly withoutEngineer: Share;
  /** The first of these, of findings that tell of nobody's attack. */
  readonly withoutHumanOfNoAttack: Share;
  readonly askedActors: number;
  /** Messages by which they were asked: who does one thing many times is asked once. */
  readonly texts: number;
  /** What was not closed without anybody, by rule: how many asked who did it, asked the engineer, or stayed open, and how many of all tell of an attack. */
  readonly needed: readonly {
    readonly rule: string;
    readonly who: number;
    readonly engineer: number;
    readonly open: number;
    readonly attacks: number;
    readonly all: number;
  }[];
  readonly pages: number;
  readonly pagesADay: number;
  readonly falsePages: number;
  readonly repeatQuestions: number;
  /** Real milliseconds from the batch in which an event came to the decision; and what the logs took before, simulated. */
  readonly processing: Spread;
  readonly delivery: Spread;
  readonly replay: { readonly same: number; readonly of: number };
  readonly ledger: { readonly ok: boolean; readonly size: number; readonly basis: string };
  readonly wrong: readonly Wrong[];
  readonly seconds: number;
}

const shift = 12 * 3_600_000;
/** Shifts begin at eight, in the morning and in the evening. */
const shiftBegins = 8 * 3_600_000;
const done: ReadonlySet<Action['state']> = new Set(['verified', 'unverified', 'failed', 'undone', 'undo-asks', 'undo-failed', 'undoing']);
/** Data that was taken, that left, or is lost: what cannot be given back. */
const objectives: ReadonlySet<string> = new Set(['collection', 'exfiltration', 'impact']);

/** Measures what happened against the truth; README.md says what each figure means. */
export function scoreMonth(facts: MonthFacts): MonthScore {
  const { findings, actions, questions, truth, start, end, pages } = facts;
  const byId = new Map(findings.map((fact) => [fact.row.finding.id, fact]));
  const wrong: Wrong[] = [];
  const say = (what: Wrong['what'], fact: FindingFact | undefined, why: string) =>
    wrong.push({ what, finding: fact?.row.finding.id ?? '', rule: fact?.row.finding.rule.id ?? '', why });

  const carriedOut = actions.filter(({ state, reason }) => done.has(state) && reason !== 'Everything was already so.');
  const isRight = (action: Action) =>
    (byId.get(action.finding)?.attacks.length ?? 0) > 0 &&
    truth.concerns(action.target) &&
    !facts.protected.some((pattern) => meetsWildcard(pattern, action.target.uid));
  const automatic = carriedOut.filter(({ by }) => by === 'automation');
  const approved = carriedOut.filter(({ by }) => by !== 'automation');
  for (const action of carriedOut.filter((each) => !isRight(each)))
    say(
      action.by === 'automation' ? 'wrong automatic action' : 'wrong approved action',
      byId.get(action.finding),
      `${action.playbook} on ${action.target.uid} (${action.state}, ${stamp(action.plannedAt)})`,
    );

  const pagedRuns = new Set(pages.flatMap(({ findings: ids }) => ids.flatMap((id) => byId.get(id)?.attacks ?? [])));
  const campaigns = scoreCampaigns(facts, byId, carriedOut, pagedRuns);
  const missed: Record<Severity, number> = { Critical: 0, High: 0, Medium: 0, Low: 0, Informational: 0 };
  for (const one of campaigns) {
    if (one.end === 'missed') {
      const severity = deserved(facts.calls.filter(({ campaign }) => campaign === one.run));
      missed[severity]++;
      const rules = findings
        .filter(({ attacks }) => attacks.includes(one.run))
        .map(({ row }) => `${row.finding.rule.id} (${row.finding.severity})`);
      wrong.push({
        what: 'missed attack',
        finding: '',
        rule: one.run,
        why: `${severity} by the truth, in ${one.account}: ${one.succeeded} calls succeeded; found: ${rules.join(', ') || 'nothing'}`,
      });
    }
    if (one.end === 'not contained')
      wrong.push({
        what: 'not contained',
        finding: '',
        rule: one.run,
        why: `done: ${one.playbooks.join(', ')}; then still: ${one.stillWorked.join(', ')}`,
      });
  }

  const handled = handledAt(facts, byId, carriedOut);
  const closures = findings.flatMap((fact) => {
    const last = fact.life.findLast(({ event }) => event === 'resolved' || event === 'reopened' || event === 'superseded');
    return fact.row.state === 'resolved' && last?.event === 'resolved' && last.by === 'automation'
      ? [{ fact, at: last.at, note: last.note }]
      : [];
  });
  const wrongClosures = closures.filter(({ fact, at }) => fact.attacks.some((run) => (handled.get(run) ?? Number.POSITIVE_INFINITY) > at));
  for (const { fact, note } of wrongClosures) say('wrong closure', fact, `of ${fact.attacks.join(', ')}: ${note}`);

  const shifts = new Map<number, number>();
  for (const { askedAt } of questions) {
    const n = Math.floor((askedAt - shiftBegins) / shift);
    shifts.set(n, (shifts.get(n) ?? 0) + 1);
  }
  const allShifts = Math.max(1, Math.ceil((end - start) / shift));
  for (const { question, runs, findings: ids, guardrails, askedAt } of questions)
    if (runs.size === 0) say('needless question', byId.get([...ids][0] ?? ''), `${question} (${guardrails.join(', ')}; ${stamp(askedAt)})`);

  const live = findings.filter(({ row }) => row.state !== 'retracted');
  const withHuman = new Set(questions.flatMap(({ findings: ids }) => [...ids]));
  const unjudged = live.filter(({ row }) => row.state === 'resolved' && !withHuman.has(row.finding.id));
  const closed = unjudged.filter(({ row }) => !facts.askedActors.has(row.finding.id));
  const shareOf = (some: readonly unknown[], all: readonly unknown[] = live): Share => ({
    n: some.length,
    of: all.length,
    share: all.length === 0 ? 1 : some.length / all.length,
  });
  const isOfNoAttack = ({ attacks }: FindingFact) => attacks.length === 0;
  const closedByPeople = new Set([...withHuman, ...facts.askedActors, ...pages.flatMap(({ findings: ids }) => ids)]);
  for (const fact of live)
    if (fact.row.state !== 'resolved' && !closedByPeople.has(fact.row.finding.id))
      say('left open', fact, `${fact.row.state}; ${verdictOf(facts, fact)}`);
  const falsePages = pages.filter(({ findings: ids }) => !ids.some((id) => (byId.get(id)?.attacks.length ?? 0) > 0));
  for (const { title, why, at, findings: ids } of falsePages)
    say('needless page', byId.get(ids[0] ?? ''), `${title}: ${why.join(' ')} (${stamp(at)})`);
  for (const fault of facts.faults) wrong.push({ what: 'fault', finding: '', rule: '', why: fault });

  const asked = new Map<string, number>();
  for (const { question } of questions) asked.set(question, (asked.get(question) ?? 0) + 1);
  const verdicts: Record<string, number> = {};
  for (const { decision } of facts.decisions) verdicts[decision.verdict] = (verdicts[decision.verdict] ?? 0) + 1;

  return {
    days: (end - start) / 86_400_000,
    accounts: facts.accounts,
    events: facts.events,
    findings: live.length,
    decisions: verdicts,
    campaigns,
    missed,
    automaticActions: automatic.length,
    wrongAutomaticActions: automatic.filter((action) => !isRight(action)).length,
    approvedActions: approved.length,
    wrongApprovedActions: approved.filter((action) => !isRight(action)).length,
    closures: closures.length,
    wrongClosures: wrongClosures.length,
    wrongClosureBound: upperBound(wrongClosures.length, closures.length),
    judgements: questions.length,
    judgementsOnAttacks: questions.filter(({ runs }) => runs.size > 0).length,
    perShift: { max: Math.max(0, ...shifts.values()), mean: questions.length / allShifts },
    withoutHuman: shareOf(closed),
    withoutHumanOfNoAttack: shareOf(closed.filter(isOfNoAttack), live.filter(isOfNoAttack)),
    withoutEngineer: shareOf(unjudged),
    askedActors: facts.askedActors.size,
    texts: facts.texts,
    needed: [...Map.groupBy(live, ({ row }) => row.finding.rule.id)]
      .map(([rule, all]) => {
        const by = (holds: (fact: FindingFact) => boolean) => all.filter(holds).length;
        const isClosed = new Set(closed);
        return {
          rule,
          who: by(({ row }) => facts.askedActors.has(row.finding.id)),
          engineer: by(({ row }) => withHuman.has(row.finding.id)),
          open: by(({ row }) => row.state !== 'resolved'),
          attacks: by((fact) => !isClosed.has(fact) && fact.attacks.length > 0),
          all: by((fact) => !isClosed.has(fact)),
        };
      })
      .filter(({ all }) => all > 0)
      .sort((a, b) => b.all - a.all || (a.rule < b.rule ? -1 : 1)),
    pages: pages.length,
    pagesADay: pages.length / Math.max(1 / 24, (end - start) / 86_400_000),
    falsePages: falsePages.length,
    repeatQuestions: [...asked.values()].reduce((sum, n) => sum + n - 1, 0),
    processing: spreadOf(facts.decisions.map(({ processingMs }) => processingMs)),
    delivery: spreadOf(facts.decisions.map(({ finding, at }) => Math.max(0, at - finding.lastTime))),
    replay: { same: facts.replay.same, of: facts.replay.decisions },
    ledger: { ok: facts.ledger.ok, size: facts.ledger.size, basis: facts.ledger.basis },
    wrong,
    seconds: facts.seconds,
  };
}

function scoreCampaigns(
  { runs, calls, truth, findings, questions, askedActors }: MonthFacts,
  byId: ReadonlyMap<string, FindingFact>,
  carriedOut: readonly Action[],
  pagedRuns: ReadonlySet<string>,
): readonly CampaignScore[] {
  const byRun = Map.groupBy(
    calls.filter(({ attacker }) => attacker),
    ({ campaign }) => campaign,
  );
  return runs.flatMap(({ campaign, run }): CampaignScore[] => {
    const id = run.placed.run;
    if (!truth.isIncident(id)) return [];
    const own = byRun.get(id) ?? [];
    const found = findings.filter(({ attacks }) => attacks.includes(id));
    const actions = carriedOut.filter(({ finding }) => byId.get(finding)?.attacks.includes(id));
    const times = actions.map(({ finishedAt, plannedAt }) => finishedAt ?? plannedAt).sort((a, b) => a - b);
    const telling = own.filter(({ action }) => !needsNoPermission.has(action));
    const works = telling.filter(({ errorCode }) => errorCode === null);
    const lastWorked = works.at(-1)?.at ?? 0;
    // Of actions the first after which nothing worked.
    const helped = times.find((time) => time >= lastWorked);
    const after = helped === undefined ? [] : telling.filter(({ at }) => at > helped);
    const reached = works.filter(({ techniques }) => tacticsOf(techniques).some((tactic) => objectives.has(tactic)));
    const [first = Number.POSITIVE_INFINITY] = times;
    const asked = questions.some(({ runs: behind }) => behind.has(id)) || found.some(({ row }) => askedActors.has(row.finding.id));
    const paged = pagedRuns.has(id) || found.some(({ known }) => known);
    const goesOn = telling.some(({ at }) => at > first);
    const severities = found.map(({ row }) => row.finding.severity).sort((a, b) => severityIds[b] - severityIds[a]);
    const base = {
      run: id,
      title: campaign.title,
      account: own[0]?.account ?? '',
      calls: own.length,
      succeeded: works.length,
      findings: found.length,
    };
    return [
      {
        ...base,
        severity: severities[0] ?? null,
        end:
          works.length === 0
            ? 'nothing happened'
            : times.length > 0
              ? after.length > 0
                ? 'contained'
                : goesOn
                  ? 'not contained'
                  : 'over'
              : asked || paged
                ? 'told'
                : 'missed',
        containedAfter: helped === undefined || own[0] === undefined ? null : helped - own[0].at,
        failedAfter: after.length,
        objectiveBefore: reached.filter(({ at }) => at <= first).length,
        objectiveAfter: reached.filter(({ at }) => at > first).length,
        playbooks: [...new Set(actions.map(({ playbook, by }) => (by === 'automation' ? playbook : `${playbook} (approved)`)))].sort(),
        stillWorked: [...new Set(works.filter(({ at }) => at > (times.at(-1) ?? first)).map(({ step }) => step))],
        asked,
        paged,
      },
    ];
  });
}

/** When somebody who can help knew of an attack, or automation acted on it: by run. */
function handledAt(
  { questions, pages }: MonthFacts,
  byId: ReadonlyMap<string, FindingFact>,
  carriedOut: readonly Action[],
): ReadonlyMap<string, number> {
  const handled = new Map<string, number>();
  const note = (runs: Iterable<string>, at: number) => {
    for (const run of runs) handled.set(run, Math.min(at, handled.get(run) ?? Number.POSITIVE_INFINITY));
  };
  for (const { runs, askedAt } of questions) note(runs, askedAt);
  for (const { findings, at } of pages)
    note(
      findings.flatMap((id) => byId.get(id)?.attacks ?? []),
      at,
    );
  for (const { finding, finishedAt, plannedAt } of carriedOut) note(byId.get(finding)?.attacks ?? [], finishedAt ?? plannedAt);
  return handled;
}

/** How grave an attack is by what its calls did: data that left or was lost is High, whatever else succeeded Medium, refused tries Low. */
function deserved(calls: readonly CampaignCall[]): Severity {
  const works = calls.filter(({ attacker, errorCode, action }) => attacker && errorCode === null && !needsNoPermission.has(action));
  if (works.length === 0) return 'Low';
  const tactics = new Set(works.flatMap(({ techniques }) => tacticsOf(techniques)));
  return ['exfiltration', 'impact', 'persistence', 'privilege-escalation', 'defense-impairment'].some((tactic) => tactics.has(tactic))
    ? 'High'
    : 'Medium';
}

function tacticsOf(techniques: readonly string[]): readonly string[] {
  return techniques.flatMap((id) => knownTechniques.get(id)?.tactics ?? []);
}

function verdictOf({ decisions }: MonthFacts, { row }: FindingFact): string {
  const last = decisions.findLast((one) => one.finding.id === row.finding.id);
  return last === undefined ? 'not decided' : `${last.decision.verdict}: ${last.decision.reason}`;
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
  return { n: sorted.length, p50: at(0.5), p95: at(0.95) };
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 16)}Z`;
}
