import type { Judgement } from '../../core/model/decision.ts';
import type { Json } from '../../core/model/json.ts';
import type { GivenOpinion, Nature, Opinion } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';
import { isIntruderActive } from './intruder.ts';

/** What a person takes a question for, at one revision of it. */
interface AtRevision extends GivenOpinion {
  readonly revision: string;
}

/** All opinions on a question: an item of kind `opinions`, whose id is the question's, in state `given`, in the order in which they came. */
const kind = 'opinions';

async function read(tx: Tx, judgement: string): Promise<readonly AtRevision[]> {
  const doc = (await tx.items.get(kind, judgement))?.doc as { readonly given: readonly AtRevision[] } | undefined;
  return doc?.given ?? [];
}

const plain = ({ nature, confidence, by, at, afterAdvice }: AtRevision): GivenOpinion => ({ nature, confidence, by, at, afterAdvice });

/** What this person said of the question as it is now. */
export async function opinionOf(tx: Tx, { id, revision }: Pick<Judgement, 'id' | 'revision'>, by: string): Promise<GivenOpinion | null> {
  const found = (await read(tx, id)).find((one) => one.by === by && one.revision === revision);
  return found === undefined ? null : plain(found);
}

/** Of each person the first opinion on the question, whatever its revision was then: the later ones were given after advice. */
export async function opinionsOn(tx: Tx, judgement: string): Promise<readonly GivenOpinion[]> {
  const all = await read(tx, judgement);
  return all.filter((one, i) => all.findIndex(({ by }) => by === one.by) === i).map(plain);
}

/**
 * Puts an opinion down, with its leaf; a person's first on a revision holds. `card` is the hash of what was read. Returns what holds.
 */
export async function recordOpinion(
  tx: Tx,
  judgement: Judgement,
  by: string,
  { nature, confidence }: Opinion,
  card: string,
  at: number,
): Promise<GivenOpinion> {
  const known = await opinionOf(tx, judgement, by);
  if (known !== null) return known;
  const before = await read(tx, judgement.id);
  const given: AtRevision = {
    nature,
    confidence,
    by,
    at,
    afterAdvice: await isIntruderActive(tx, judgement),
    revision: judgement.revision,
  };
  const item = { kind, id: judgement.id, state: 'given', dueAt: null, at, doc: { given: [...before, given] } as unknown as Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['given']);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'opinion',
    subject: judgement.id,
    at,
    data: { nature, confidence, afterAdvice: given.afterAdvice, revision: judgement.revision, card, bySeal: await sealPerson(tx, by) },
  });
  return plain(given);
}

/** What an answer says of the finding: who takes back what was done takes it for nothing. */
export function natureOfAnswer({ options, guardrails }: Judgement, answer: 'approve' | 'deny'): Nature {
  const isUndoReview = options.length === 0 && guardrails.length === 0;
  return (answer === 'approve') === isUndoReview ? 'benign' : 'true-positive';
}
