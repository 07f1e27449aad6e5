import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { actorsOf, callsNamed, lookUp, recordsIn } from '../../../../src/core/lib/plans/history.ts';
import {
  exampleHolder,
  holderArns,
  holderIn,
  holderInput,
  holderOf,
  holderTargets,
  holderWords,
} from '../../../../src/core/lib/plans/iam.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

/**
 * The event does not say which boundary was there. CloudTrail's history of 90 days may: from when it was put, or the user or role made with it.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export const restorePermissionsBoundary: Playbook = {
  id: 'aws.iam.restore-permissions-boundary',
  version: 1,
  title: 'Put a permissions boundary back',
  why: 'The boundary is the ceiling over what policies may give: without it a delegated administrator, or whoever took him over, has what he gives himself. The last boundary that somebody else put within 90 days comes back; where none was, a person has to name it.',
  handles: ['aws.iam.own-rights-raised', 'aws.iam.permissions-boundary-removed', 'aws.iam.role-raised-itself'],
  approval: 'one-person',
  risks: ['workload'],
  asks: (target) => `Put the last permissions boundary of ${holderWords(holderOf(target))} back`,
  blastRadius: (target) => `What ${holderWords(holderOf(target))} may do beyond its earlier boundary is refused.`,
  inverse: (target) => `The boundary of ${holderWords(holderOf(target))} goes again.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        if (!/^Delete(User|Role)PermissionsBoundary$/.test(evidence.operation) || evidence.error !== undefined) return [];
        const holder = evidence.account === finding.account ? holderIn(evidence) : null;
        return holder === null ? [] : [{ ...holder, params: { by: actorsOf([evidence], finding.actor) } }];
      }),
    ),
  partial: true,
  requires: (target) => {
    const { kind } = holderOf(target);
    return [
      {
        name: 'The boundary that was there',
        on: holderArns(target, holderOf(target)),
        read: { ...read(target), keep: 'holder' },
        follow: { action: lookUp, inputs: () => callsNamed(`Put${kind}PermissionsBoundary`, `Create${kind}`) },
        expect: (answer, followed) => answer !== null && formerIn(target, followed) !== null,
        says: `${holderOf(target).name} is gone, or CloudTrail's history names no boundary that it had: a person has to put one.`,
      },
    ];
  },
  plan: (target) => {
    const { kind } = holderOf(target);
    const input = holderInput(holderOf(target));
    const put = (PermissionsBoundary: Json) => ({ ...input, PermissionsBoundary });
    return [
      {
        ...setting({
          name: 'Put the boundary back',
          on: holderArns(target, holderOf(target)),
          read: read(target),
          state: (answer) => valueAt(answer, kind, 'PermissionsBoundary', 'PermissionsBoundaryArn'),
          want: (boundary) => boundary ?? 'the former',
          write: { action: `iam:Put${kind}PermissionsBoundary`, input, with: () => ({}) },
          back: (boundary) =>
            boundary === null
              ? [{ action: `iam:Delete${kind}PermissionsBoundary`, input }]
              : [{ action: `iam:Put${kind}PermissionsBoundary`, input: put(boundary) }],
          says: 'it has a boundary',
        }),
        do: {
          action: `iam:Put${kind}PermissionsBoundary`,
          input,
          once: 'sets-state',
          fill: (kept) => put(formerIn(target, listAt(kept['holder'], 'followed'))),
        },
      },
    ];
  },
  undoes: (['User', 'Role'] as const).flatMap((kind) => [`iam:Delete${kind}PermissionsBoundary`, `iam:Put${kind}PermissionsBoundary`]),
  examples: (['User', 'Role'] as const).map((kind) => ({
    name: `of a ${kind.toLowerCase()}`,
    target: exampleHolder(kind, 'ops'),
    does: [`iam:Put${kind}PermissionsBoundary`],
  })),
};

function read(target: Target) {
  return { action: `iam:Get${holderOf(target).kind}`, input: holderInput(holderOf(target)) };
}

/** The last boundary that a call of the history gave to the user or role; not one of whoever removed it. */
function formerIn(target: Target, answers: readonly Json[]): string | null {
  const { kind, name } = holderOf(target);
  for (const record of recordsIn(answers, listAt(target.params, 'by').map(String))) {
    if (textAt(record, 'requestParameters', `${kind.toLowerCase()}Name`) !== name) continue;
    const boundary = textAt(record, 'requestParameters', 'permissionsBoundary');
    if (boundary !== null && /^arn:[a-z-]+:iam::(aws|\d{12}):policy\/[\w+=,.@/-]{1,640}$/.test(boundary)) return boundary;
  }
  return null;
}
