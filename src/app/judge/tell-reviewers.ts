import { idOf } from '../../core/lib/hash.ts';
import type { Tx } from '../../core/ports/store.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { operatorsOf } from '../on-call/on-call-settings.ts';
import type { Reachable } from '../triage/ask-actor.ts';
import { changeWords } from './change-words.ts';
import { type Proposal, proposalKind } from './proposals.ts';
import { isOfThePerson } from './review-proposal.ts';

const most = 3;

/**
 * Tells a few of those who may review a proposal that it waits: persons of the on-call file, or whoever is reached where there is none, who
 * neither judged it nor did it. Where nobody is reached it stays in the engineer's queue. Returns how many were told.
 */
export async function tellReviewers(tx: Tx, id: string, proposal: Proposal, reach: Reachable, at: number): Promise<number> {
  const operators = await operatorsOf(tx);
  let told = 0;
  for (const name of operators.length > 0 ? operators : Object.keys(reach).sort()) {
    const ways = reach[name] ?? [];
    if (told >= most || ways.length === 0 || proposal.by.includes(name) || (await isOfThePerson(tx, proposal, name))) continue;
    told++;
    for (const { channel, to } of ways)
      await queueNotification(
        tx,
        {
          id: idOf(tx.tenant, proposalKind, id, channel, to),
          kind: 'note',
          channel,
          to,
          about: { kind: 'proposal', id },
          severity: 'Informational',
          title: 'What follows from a judgement waits for a second person',
          text: `${proposal.question} ${proposal.changes.map(changeWords).join(' ')}`,
          path: '/proposals',
          options: [],
        },
        at,
      );
  }
  return told;
}
