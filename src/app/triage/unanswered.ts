import { textAt } from '../../core/lib/json-at.ts';
import type { DecideContext } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Tx } from '../../core/ports/store.ts';
import { decideAgain } from './decide-again.ts';

/** Items that say who was asked about a finding and let the time run out: `silent`, with the revision that was asked about. Their ids are those of the findings. */
const kind = 'unanswered';

/** The person has said nothing in time: it is decided anew, with that and with how things are now. */
export async function noteUnanswered(tx: Tx, { id, revision }: Finding, person: string, at: number): Promise<void> {
  const item = { kind, id, state: 'silent', dueAt: null, at, doc: { revision, person } };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['silent']);
  await decideAgain(tx, id, at, at);
}

/** What `decide` is to know of it: of this revision only, since nobody was asked about what came later. */
export async function unansweredOf(tx: Tx, { id, revision }: Finding): Promise<Pick<DecideContext, 'unanswered'>> {
  const doc = (await tx.items.get(kind, id))?.doc;
  const person = textAt(doc, 'person');
  return person === null || textAt(doc, 'revision') !== revision ? {} : { unanswered: { person } };
}
