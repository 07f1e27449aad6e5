import type { Actor } from '../../core/model/finding.ts';
import type { Action } from '../../core/model/plan.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { playbookTitle } from './playbook-of.ts';

/** An action as lists show it, with the finding that it answers and how long the way from event to contained took. */
export interface ActionView {
  readonly action: Action;
  readonly title: string;
  readonly alone: boolean;
  readonly message: string | null;
  readonly severity: Severity | null;
  /** Who did what the finding is about; null where it names nobody. */
  readonly actor: Pick<Actor, 'name' | 'type' | 'uid'> | null;
  /** Time of the last event in evidence; null for settings that stand, which have none. */
  readonly eventAt: number | null;
  /** Milliseconds from that event until the action was seen to hold; null while it has not been. */
  readonly containedAfter: number | null;
}

export async function viewAction(deps: Pick<ConsoleDeps, 'playbooks'>, tx: Tx, action: Action): Promise<ActionView> {
  const finding = (await tx.findings.get(action.finding))?.finding ?? null;
  const eventAt = finding === null || finding.kind !== 'detection' || finding.evidence.length === 0 ? null : finding.lastTime;
  const held = action.state === 'verified' && action.finishedAt !== null;
  return {
    action,
    title: playbookTitle(deps.playbooks, action.playbook),
    alone: action.by === 'automation',
    message: finding?.message ?? null,
    severity: finding?.severity ?? null,
    actor: finding?.actor === undefined ? null : { name: finding.actor.name, type: finding.actor.type, uid: finding.actor.uid },
    eventAt,
    containedAfter: held && eventAt !== null && action.finishedAt !== null ? Math.max(0, action.finishedAt - eventAt) : null,
  };
}
