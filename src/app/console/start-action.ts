import { decide } from '../../core/decide/decide.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { DecideContext } from '../../core/model/decide-context.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { DecisionRow, Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';
import { planAction } from '../plan-action.ts';
import { isStopped } from '../settings.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { questionOn } from '../triage/ask.ts';
import { judgementOf } from '../triage/judgement-of.ts';
import { answerJudgement } from './answer-judgement.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { possibleActions } from './possible-actions.ts';

export type Started =
  | { readonly outcome: 'unknown' | 'renewed' | 'not-possible' | 'stopped' | 'under-way' }
  | { readonly outcome: 'planned'; readonly action: string }
  /** Another person must approve; the one who started it has. */
  | { readonly outcome: 'asked'; readonly judgement: string };

type Deps = Pick<ConsoleDeps, 'store' | 'clock' | 'tenant' | 'playbooks'>;

/**
 * A person starts what a decision proposed. It is planned as that person's action, with its leaf; where two persons must agree
 * it becomes a question that the person has approved already. `revision` is what the person read. The guardrails that hold for
 * people too are asked again, with the tolerance as it is now.
 */
export async function startAction(deps: Deps, finding: string, by: string, revision: string, id: string): Promise<Started> {
  const started = await deps.store.within(deps.tenant, (tx) => start(deps, tx, finding, by, revision, id));
  // The question first, then the answer that every other question gets too.
  if (started.outcome === 'asked') await answerJudgement(deps, started.judgement, by, 'approve', revision);
  return started;
}

/** Would it become a question to two persons, as what cannot be undone does? */
export function startNeedsTwo(deps: Pick<ConsoleDeps, 'store' | 'tenant'>, finding: string, id: string): Promise<boolean> {
  return deps.store.within(deps.tenant, async (tx) => {
    const decided = (await tx.decisions.ofFinding(finding)).toSorted((a, b) => a.at - b.at).at(-1);
    const actions = decided?.decision.actions ?? [];
    return actions.some(({ playbook, target, approvals }) => approvals > 1 && idOf(tx.tenant, finding, playbook, target) === id);
  });
}

async function start(deps: Deps, tx: Tx, findingId: string, by: string, revision: string, id: string): Promise<Started> {
  const row = await tx.findings.get(findingId);
  if (row === null) return { outcome: 'unknown' };
  const { finding, state } = row;
  if (finding.revision !== revision) return { outcome: 'renewed' };
  const decided = (await tx.decisions.ofFinding(findingId)).toSorted((a, b) => a.at - b.at).at(-1);
  const judgement = await questionOn(tx, findingId);
  const actions = await tx.actions.list({ finding: findingId, limit: 100 });
  const possible = possibleActions(tx.tenant, state, revision, decided, judgement, actions).find((each) => each.id === id);
  if (possible === undefined || decided === undefined) return { outcome: 'not-possible' };
  const at = deps.clock.now();
  if (await isStopped(tx)) return { outcome: 'stopped' };
  if (!(await stillAllowed(tx, finding, decided, id, at))) return { outcome: 'not-possible' };

  if (possible.option.approvals > 1) {
    const asked = judgementOf(finding, { ...decided.decision, actions: [possible.option] }, deps.playbooks, at);
    if (!(await tx.judgements.ask(asked))) return { outcome: 'not-possible' };
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'judgement',
      subject: asked.id,
      at,
      data: {
        finding: finding.id,
        revision,
        approvalsNeeded: asked.approvalsNeeded,
        guardrails: [...asked.guardrails],
        askedBySeal: await sealPerson(tx, by),
      },
    });
    return { outcome: 'asked', judgement: asked.id };
  }
  const planned = await planAction(tx, finding, possible.option, by, at);
  if (planned === null) return { outcome: 'under-way' };
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'answer',
    subject: planned,
    at,
    data: { verdict: 'approve', finding: finding.id, revision, bySeal: await sealPerson(tx, by) },
  });
  return { outcome: 'planned', action: planned };
}

/**
 * Decides again on what was known then, with the tolerance as it is now: what tolerance forbids or protects meanwhile is no
 * longer proposed. False too where retention has removed what was known.
 */
async function stillAllowed(tx: Tx, finding: Finding, decided: DecisionRow, id: string, at: number): Promise<boolean> {
  const stored = await tx.documents.get(decided.contextHash);
  if (stored === null) return false;
  const context: DecideContext = { ...(JSON.parse(stored) as DecideContext), at, stopped: false };
  const { actions } = decide(finding, context, await toleranceOf(tx));
  return actions.some(({ playbook, target }) => idOf(tx.tenant, finding.id, playbook, target) === id);
}
