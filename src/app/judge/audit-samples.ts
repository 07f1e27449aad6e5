import { type AuditFigures, auditFigures, type Closed, type Stratum, sampleOf, strata, stratumOf } from '../../core/decide/audit.ts';
import { hashOf, idOf } from '../../core/lib/hash.ts';
import { valueAt } from '../../core/lib/json-at.ts';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { cardOfJudgement } from '../exercise/card-of-judgement.ts';
import { type ExerciseItem, exerciseTx } from '../exercise/exercise-tx.ts';
import { setExercise } from '../exercise/take-exercise.ts';
import { sealPerson } from '../ledger/seals.ts';
import { isOfficeHours } from '../on-call/office-hours.ts';
import { onCallOf } from '../on-call/on-call-settings.ts';
import { quietClosedKind } from '../quiet-closed.ts';
import { nothingToDo } from '../triage/judgement-of.ts';
import { contextOf, decisionOn } from './context-of.ts';

export interface AuditDeps {
  readonly store: Store;
  readonly tenant: string;
  readonly clock: Clock;
}

const cursorName = 'audit/cursor';
const roundKind = 'audit-round';
const day = 86_400_000;
const perStratum = 2;
const mostADay = 6;
/** Read in one round; what is beyond comes the next day. */
const mostRead = 50_000;
const pageSize = 500;
const mostExercises = 100_000;

/**
 * Once a workday, in office hours, puts a sample of what automation closed before the backup team, blind and outside of the load budget: one
 * card each, that looks like a question. Returns how many. What was judged to be an attack is opened again. Any number of workers may do it at once.
 */
export async function followAudit(deps: AuditDeps): Promise<number> {
  await reopenWrong(deps);
  const { store, tenant, clock } = deps;
  const now = clock.now();
  const { backup, isOffice } = await store.within(tenant, async (tx) => ({
    backup: (await onCallOf(tx)).settings?.backup ?? [],
    isOffice: (await isOfficeHours(tx, now)) === true,
  }));
  return backup.length === 0 || !isOffice ? 0 : sampleFor(deps, backup, `round ${Math.floor(now / day)}`);
}

/** Puts a sample of what was closed since the last one before these persons. The same round is drawn once. */
export async function sampleFor({ store, tenant, clock }: AuditDeps, persons: readonly string[], round: string): Promise<number> {
  const now = clock.now();
  const { closed, cursor } = await closedSince({ store, tenant });
  return store.within(tenant, async (tx) => {
    if (!(await exerciseTx(tx).isQuiet())) return 0;
    const counts = Object.fromEntries(strata.map((stratum) => [stratum, closed.filter((one) => stratumOf(one) === stratum).length]));
    const item = { kind: roundKind, id: idOf(tenant, round), state: 'drawn', dueAt: null, at: now, doc: counts as Json };
    if (!(await tx.items.add(item))) return 0;
    await tx.settings.set(cursorName, cursor as unknown as Json, now, 'automation');
    await withdrawOld(tx, now);
    let set = 0;
    for (const [i, one] of sampleOf(closed, perStratum, mostADay, item.id).entries())
      if (await setSample(tx, one, persons[(i + Number.parseInt(item.id.slice(0, 4), 16)) % persons.length] ?? '', now)) set++;
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'drill',
      subject: item.id,
      at: now,
      data: { state: 'drawn', closed: closed.length, sampled: set, counts: hashOf(counts) },
    });
    return set;
  });
}

interface Cursor {
  /** The last decision that was looked at. */
  readonly decision: string | null;
  /** What was closed for being quiet up to here, in milliseconds since 1970. */
  readonly quietUntil: number;
}

/** What automation closed since the last round: by decisions, and since nothing followed. */
async function closedSince({
  store,
  tenant,
}: Pick<AuditDeps, 'store' | 'tenant'>): Promise<{ readonly closed: readonly Closed[]; readonly cursor: Cursor }> {
  const before = await store.within(tenant, async (tx): Promise<Cursor> => {
    const value = await tx.settings.get(cursorName);
    const [decision, quietUntil] = [valueAt(value ?? undefined, 'decision'), valueAt(value ?? undefined, 'quietUntil')];
    return { decision: typeof decision === 'string' ? decision : null, quietUntil: typeof quietUntil === 'number' ? quietUntil : 0 };
  });
  const closed = new Map<string, Closed>();
  let { decision } = before;
  for (let read = 0; read < mostRead; ) {
    const rows = await store.within(tenant, (tx) => tx.decisions.list(decision, pageSize));
    for (const { finding, decision: made } of rows)
      if (made.verdict === 'close') closed.set(finding, { finding, risk: made.risk, how: 'decided' });
      else closed.delete(finding);
    read += rows.length;
    decision = rows.at(-1)?.id ?? decision;
    if (rows.length < pageSize) break;
  }
  const quiet = await store.within(tenant, async (tx) => {
    const items = await tx.items.list({ kind: quietClosedKind, since: before.quietUntil + 1, limit: mostRead });
    const risks = new Map<string, number>();
    for (const { id } of items) risks.set(id, (await lastDecision(tx, id))?.risk ?? 0);
    return { until: items.at(-1)?.at ?? before.quietUntil, risks };
  });
  for (const [finding, risk] of quiet.risks) closed.set(finding, { finding, risk, how: 'quiet' });
  return { closed: [...closed.values()], cursor: { decision, quietUntil: quiet.until } };
}

async function lastDecision(tx: Tx, finding: string): Promise<Decision | null> {
  return (await tx.decisions.ofFinding(finding)).toSorted((a, b) => a.at - b.at).at(-1)?.decision ?? null;
}

/**
 * One card of a sample: the finding as it was found, and nothing of what became of it. It has an id of its own, so that its page does not tell
 * that it was closed; what it names is as it is, so that it can be looked up.
 */
async function setSample(tx: Tx, one: Closed, who: string, at: number): Promise<boolean> {
  const row = await tx.findings.get(one.finding);
  if (row === null || who === '') return false;
  const { revision: _, ...content } = row.finding;
  const finding: Finding = sealFinding({ ...content, id: idOf(tx.tenant, 'sample', one.finding, row.finding.revision) });
  // As the id of a question follows from that of its finding.
  const id = idOf(tx.tenant, finding.id);
  const card = cardOfJudgement(
    {
      question: nothingToDo(finding),
      options: [],
      guardrails: ['no-playbook'],
      recommendation: 'deny',
      because: (await decisionOn(tx, one.finding, row.finding.revision))?.decision.reason ?? 'Nothing followed.',
    },
    finding,
    (playbook) => playbook,
    (await contextOf(tx, one.finding, row.finding.revision))?.about ?? null,
  );
  const of = { finding: one.finding, stratum: stratumOf(one) };
  return setExercise(exerciseTx(tx), id, { kind: 'sample', for: who, of, truth: null, card }, at);
}

/** Nobody is to wade through the samples of last week. */
async function withdrawOld(tx: Tx, at: number): Promise<void> {
  const exercises = exerciseTx(tx);
  for (const { id, exercise, at: since } of await exercises.list(['waiting'], mostExercises))
    if (exercise.kind === 'sample' && at - since > day) await exercises.move(id, ['waiting'], 'withdrawn', exercise, at);
}

const judgedStates = ['judged', 'answered'] as const;

async function samples(tx: Tx): Promise<readonly ExerciseItem[]> {
  return (await exerciseTx(tx).list(judgedStates, mostExercises)).filter(({ exercise }) => exercise.kind === 'sample');
}

/** What was judged to be an attack was closed wrongly, as far as is known: it is opened again, once. */
async function reopenWrong({ store, tenant, clock }: AuditDeps): Promise<void> {
  const wrong = await store.within(tenant, async (tx) =>
    (await samples(tx)).filter(({ exercise }) => exercise.opinion?.nature === 'true-positive'),
  );
  for (const { id, exercise } of wrong)
    await store.within(tenant, async (tx) => {
      const at = clock.now();
      const of = exercise.of !== null && 'finding' in exercise.of ? exercise.of.finding : '';
      if (!(await tx.items.add({ kind: 'audit-reopened', id, state: 'done', dueAt: null, at, doc: { finding: of } }))) return;
      const row = await tx.findings.get(of);
      if (row?.state !== 'resolved') return;
      await tx.findings.live(of, 'reopened', at, 'automation', 'A sample of what automation closed was judged to be an attack.');
      await tx.ledger.append({
        format: 'jobzero.ledger/1',
        type: 'finding',
        subject: of,
        at,
        data: { life: 'reopened', revision: row.finding.revision, sample: id, bySeal: await sealPerson(tx, exercise.for) },
      });
    });
}

export interface AuditReport extends AuditFigures {
  /** Cards that wait for somebody. */
  readonly waiting: number;
  /** Findings that were closed wrongly, as far as is known. */
  readonly findings: readonly string[];
}

/** How much of what automation closed was closed wrongly, as far as samples tell. */
export function readAudit({ store, tenant }: Pick<AuditDeps, 'store' | 'tenant'>): Promise<AuditReport> {
  return store.within(tenant, async (tx) => {
    const rounds = await tx.items.list({ kind: roundKind, limit: 10_000 });
    const judged = await samples(tx);
    const stratumIn = ({ exercise: { of } }: ExerciseItem) => (of !== null && 'stratum' in of ? of.stratum : '');
    const isWrong = ({ exercise }: ExerciseItem) => exercise.opinion?.nature === 'true-positive';
    const counts = strata.map((stratum: Stratum) => {
      const here = judged.filter((one) => stratumIn(one) === stratum);
      const closed = rounds.reduce((sum, { doc }) => sum + Number(valueAt(doc, stratum) ?? 0), 0);
      return { stratum, closed, judged: here.length, wrong: here.filter(isWrong).length };
    });
    const waiting = (await exerciseTx(tx).list(['waiting'], mostExercises)).filter(({ exercise }) => exercise.kind === 'sample').length;
    const findings = judged.filter(isWrong).flatMap(({ exercise: { of } }) => (of !== null && 'finding' in of ? [of.finding] : []));
    return { ...auditFigures(counts), waiting, findings };
  });
}
