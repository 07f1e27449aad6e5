import type { JsonObject } from '../model/json.ts';
import type { Call, Playbook, Target } from '../model/plan.ts';
import { sessionPolicy } from './session-policy.ts';

/**
 * A plan as a document: for people, for `--json`, and for the record of a dry run. Functions are left out; the calls of
 * undo are known only after the reads, so they are in the receipts. Throws InputError when the session policy is too long.
 */
export function describePlan(playbook: Playbook, target: Target, at: number): JsonObject {
  const requires = playbook.requires?.(target) ?? [];
  const steps = playbook.plan(target, at);
  return {
    format: 'jobzero.plan/1',
    playbook: playbook.id,
    version: playbook.version,
    title: playbook.title,
    approval: playbook.approval,
    blastRadius: playbook.blastRadius(target),
    inverse: playbook.inverse(target),
    target: { account: target.account, region: target.region, uid: target.uid, params: target.params },
    requires: requires.map((check) => ({
      name: check.name,
      on: check.on,
      ...(check.region === undefined ? {} : { region: check.region }),
      read: callOf(check.read),
      ...(check.follow === undefined ? {} : { thenReads: check.follow.action }),
      refusesWhen: check.says,
    })),
    steps: steps.map((step) => ({
      name: step.name,
      on: step.on,
      ...(step.region === undefined ? {} : { region: step.region }),
      read: callOf(step.read),
      do: { ...callOf(step.do), once: step.do.once, ...(step.do.fill === undefined ? {} : { filledFromReads: true }) },
      verify: { ...callOf(step.verify), says: step.verify.says, withinSeconds: step.verify.withinSeconds },
    })),
    policy: sessionPolicy(requires, steps),
  };
}

function callOf(call: Call): JsonObject {
  return { action: call.action, input: call.input };
}
