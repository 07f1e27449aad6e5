import { type Hunch, isAbout, questionsAbout, type ReadyQuery, readHunch } from '../../core/decide/hunch.ts';
import { idOf } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Finding, FindingState } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Opinion } from '../../core/model/judging.ts';
import type { Item } from '../../core/ports/items.ts';
import type { FindingRow, Tx } from '../../core/ports/store.ts';
import { type ActionView, viewAction } from '../console/action-view.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealedId, sealPerson, sealValue } from '../ledger/seals.ts';
import { type Case, caseItem } from './cases.ts';
import { decisionOn } from './context-of.ts';
import { proposeAfterHunch } from './proposals.ts';

/** What a person looks into without being asked: an item of kind `investigation`, state `open`, then `closed` by an opinion. */
interface Investigation {
  readonly hunch: Hunch;
  readonly says: string;
  readonly by: string;
  readonly openedAt: number;
  readonly opinion: (Opinion & { readonly by: string; readonly at: number }) | null;
}

export interface InvestigationView extends Investigation {
  readonly id: string;
  readonly state: 'open' | 'closed';
}

/** All that is known of what it is about. */
export interface InvestigationDetail extends InvestigationView {
  /** The gravest first, each with what was decided last. */
  readonly findings: readonly {
    readonly finding: Finding;
    readonly state: FindingState;
    readonly verdict: string | null;
    readonly reason: string | null;
  }[];
  /** Findings that were looked through; `all`: all there are. */
  readonly looked: { readonly n: number; readonly all: boolean };
  readonly actions: readonly ActionView[];
  readonly queries: readonly ReadyQuery[];
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>;

const kind = 'investigation';
const most = 1_000;
const mostLooked = 20_000;
const pageSize = 500;
const mostShown = 50;

const read = (item: Item): InvestigationView => ({
  id: item.id,
  state: item.state === 'open' ? 'open' : 'closed',
  ...(item.doc as unknown as Investigation),
});

/** Opens one on a hunch alone. Throws InputError for what cannot be looked for. Returns its id; the same that is open is not opened twice. */
export async function openInvestigation(deps: Deps, by: string, about: string, says: string): Promise<string> {
  const hunch = readHunch(about);
  if (hunch === null) throw new InputError('an ARN, an access key or an address is wanted', about);
  if (says.trim() === '') throw new InputError('say what makes you look', 'says');
  return deps.store.within(deps.tenant, async (tx) => {
    const same = (await tx.items.list({ kind, state: ['open'], limit: most })).map(read);
    const known = same.find((one) => one.hunch.value === hunch.value);
    if (known !== undefined) return known.id;
    const at = deps.clock.now();
    const id = await sealedId(tx, idOf(tx.tenant, kind, hunch.value, by, at));
    const doc: Investigation = { hunch, says: says.trim(), by, openedAt: at, opinion: null };
    await tx.items.add({ kind, id, state: 'open', dueAt: null, at, doc: doc as unknown as Json });
    await leaf(tx, id, at, {
      state: 'open',
      kind: hunch.kind,
      aboutSeal: await sealValue(tx, hunch.value),
      saysSeal: await sealValue(tx, says.trim()),
      bySeal: await sealPerson(tx, by),
    });
    return id;
  });
}

/** Investigations, the latest first. */
export function listInvestigations(deps: Deps, limit: number): Promise<readonly InvestigationView[]> {
  return deps.store.within(deps.tenant, async (tx) =>
    (await tx.items.list({ kind, limit: most }))
      .map(read)
      .toSorted((a, b) => b.openedAt - a.openedAt || (a.id < b.id ? -1 : 1))
      .slice(0, limit),
  );
}

/** One with its findings, decisions, actions and the questions to ask of the lake; null when there is none of this id. */
export function readInvestigation(deps: ConsoleDeps, id: string): Promise<InvestigationDetail | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const item = await tx.items.get(kind, id);
    if (item === null) return null;
    const view = read(item);
    const { rows, looked } = await findingsAbout(tx, view.hunch);
    const findings: InvestigationDetail['findings'][number][] = [];
    const actions: ActionView[] = [];
    for (const { finding, state } of rows) {
      const decided = await decisionOn(tx, finding.id, finding.revision);
      findings.push({ finding, state, verdict: decided?.decision.verdict ?? null, reason: decided?.decision.reason ?? null });
      for (const action of await tx.actions.list({ finding: finding.id, limit: 20 })) actions.push(await viewAction(deps, tx, action));
    }
    const questions = (await deps.questions?.()) ?? [];
    return { ...view, findings, looked, actions, queries: questionsAbout(view.hunch, questions) };
  });
}

export type InvestigationClosed = 'unknown' | 'closed-before' | 'closed';

/** Ends it with what the person takes it for. It is a case from now on: how it turned out is said later, and it is scored. */
export function closeInvestigation(deps: Deps, id: string, by: string, opinion: Opinion): Promise<InvestigationClosed> {
  return deps.store.within(deps.tenant, async (tx): Promise<InvestigationClosed> => {
    const item = await tx.items.get(kind, id);
    if (item === null) return 'unknown';
    const at = deps.clock.now();
    const { id: _, state: __, ...doc } = read(item);
    const { nature, confidence } = opinion;
    const given = { nature, confidence, by, at };
    if (!(await tx.items.move({ ...item, state: 'closed', at, doc: { ...doc, opinion: given } as unknown as Json }, ['open'])))
      return 'closed-before';
    const one: Case = {
      finding: '',
      revision: '',
      key: { rule: kind, account: accountIn(doc.hunch), actorType: doc.hunch.kind, resourceTypes: [] },
      question: `${doc.hunch.value}: ${doc.says}`,
      answer: 'judged',
      answeredAt: at,
      answeredBy: [by],
      advice: null,
      paged: false,
      opinions: [{ ...given, afterAdvice: false }],
      outcomes: [],
    };
    await tx.items.add(caseItem(id, one, null, at));
    await proposeAfterHunch(tx, { id, question: one.question, hunch: doc.hunch, nature, by, at });
    await leaf(tx, id, at, { state: 'closed', nature, confidence, bySeal: await sealPerson(tx, by) });
    return 'closed';
  });
}

/** What an investigation was about; null where the id is of none. */
export async function investigationHunch(tx: Tx, id: string): Promise<Hunch | null> {
  const item = await tx.items.get(kind, id);
  return item === null ? null : read(item).hunch;
}

function accountIn({ kind: what, value }: Hunch): string {
  return what === 'arn' ? (value.split(':')[4] ?? '') : '';
}

async function findingsAbout(
  tx: Tx,
  hunch: Hunch,
): Promise<{ readonly rows: readonly FindingRow[]; readonly looked: InvestigationDetail['looked'] }> {
  const rows: FindingRow[] = [];
  let n = 0;
  for (let after: string | undefined; n < mostLooked; ) {
    const page = await tx.findings.list({ order: 'gravest', limit: pageSize, ...(after === undefined ? {} : { after }) });
    n += page.length;
    rows.push(...page.filter(({ finding, state }) => state !== 'retracted' && isAbout(finding, hunch)));
    after = page.at(-1)?.finding.id;
    if (page.length < pageSize || after === undefined) return { rows: rows.slice(0, mostShown), looked: { n, all: true } };
  }
  return { rows: rows.slice(0, mostShown), looked: { n, all: false } };
}

function leaf(tx: Tx, subject: string, at: number, data: { readonly [key: string]: string | number }): Promise<void> {
  return tx.ledger.append({ format: 'jobzero.ledger/1', type: 'investigation', subject, at, data });
}
