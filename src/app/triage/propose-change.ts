import { describePlan } from '../../core/act/describe-plan.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { About } from '../../core/model/decide-context.ts';
import type { Decision } from '../../core/model/decision.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { sealValue } from '../ledger/seals.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import type { Reachable } from './ask-actor.ts';

/** Items of this kind are `open`, and `closed` when the finding is resolved. */
const proposedChangeKind = 'proposed-change';

/** A change that belongs into the code that writes a setting again and again. */
export interface ProposedChange {
  readonly finding: string;
  readonly rule: string;
  readonly account: string;
  readonly uid: string;
  readonly playbook: string;
  /** What the calls of the playbook would do, for who writes the code: SHA-256 of a stored document. */
  readonly plan: string;
  readonly says: string;
  readonly owner: string | null;
}

/**
 * What was mended and came back is proposed to its owner as a change of code, once for each time that it comes back: an item, and a note where the owner
 * is reached. Nothing is called.
 */
export async function proposeChange(
  tx: Tx,
  finding: Finding,
  decision: Decision,
  owner: About['owner'],
  playbooks: readonly Playbook[],
  reach: Reachable,
  at: number,
): Promise<void> {
  for (const { playbook: id, version, target, blastRadius } of decision.actions) {
    const playbook = playbooks.find((one) => one.id === id && one.version === version);
    if (playbook === undefined) continue;
    const plan = await tx.documents.put('plan', canonicalJson(describePlan(playbook, target, at)));
    const doc: ProposedChange = {
      finding: finding.id,
      rule: finding.rule.id,
      account: target.account,
      uid: target.uid,
      playbook: id,
      plan,
      says: `${finding.message} It was mended before and is back: what writes it must be changed. ${blastRadius}`,
      owner: owner?.name ?? null,
    };
    const item = {
      kind: proposedChangeKind,
      id: idOf(tx.tenant, finding.id, id, target),
      state: 'open',
      dueAt: null,
      at,
      doc: doc as unknown as Json,
    };
    const isNew = (await tx.items.add(item)) || (await tx.items.move(item, ['closed']));
    if (!isNew) continue;
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'decision',
      subject: item.id,
      at,
      data: { state: 'change-proposed', finding: finding.id, playbook: id, plan, targetSeal: await sealValue(tx, target) },
    });
    for (const { channel, to } of owner === null ? [] : (reach[owner.name] ?? []))
      await queueNotification(
        tx,
        {
          id: idOf(tx.tenant, proposedChangeKind, item.id, at, channel, to),
          kind: 'note',
          channel,
          to,
          about: { kind: 'finding', id: finding.id },
          severity: finding.severity,
          title: `Please change it in your code: ${finding.rule.title}`,
          text: doc.says,
          path: `/findings/${finding.id}`,
          options: [],
        },
        at,
      );
  }
}

const mostOpen = 2_000;

/** Closes the proposals about findings that are over. */
export async function closeChanges(tx: Tx, resolved: readonly string[], at: number): Promise<void> {
  if (resolved.length === 0) return;
  const over = new Set(resolved);
  for (const item of await tx.items.list({ kind: proposedChangeKind, state: ['open'], limit: mostOpen }))
    if (over.has(changeOf(item).finding)) await tx.items.move({ ...item, state: 'closed', at }, ['open']);
}

/** The proposals that wait for somebody to change code, the oldest first. */
export async function openChanges(tx: Tx): Promise<readonly (ProposedChange & { readonly at: number })[]> {
  const items = await tx.items.list({ kind: proposedChangeKind, state: ['open'], limit: mostOpen });
  return items.map((item) => ({ ...changeOf(item), at: item.at }));
}

function changeOf(item: Item): ProposedChange {
  return item.doc as unknown as ProposedChange;
}
