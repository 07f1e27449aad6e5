import { parseArn } from '../../../../src/core/lib/arn.ts';
import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
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
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const policyOf = ({ params }: Target) => String(params['policyArn']);
const policyName = (target: Target) => policyOf(target).split('/').at(-1) ?? '';

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DetachUserPolicy.html, and the same of roles and groups */
export const detachPolicy: Playbook = {
  id: 'aws.iam.detach-policy',
  version: 1,
  title: 'Detach a policy that somebody attached',
  why: 'By one attachment a user, a role or all members of a group rule the account, and who did it keeps them as a way back. The attachment alone goes; what was done with the rights meanwhile stays done.',
  handles: [
    'aws.iam.admin-policy-attached-to-role',
    'aws.iam.admin-policy-attached-to-user',
    'aws.iam.admin-user-created',
    'aws.iam.foreign-admin-role-created',
    'aws.iam.own-rights-raised',
    'aws.iam.power-granted',
    'aws.iam.role-raised-itself',
    'aws.ses.full-access-granted',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Detach the policy ${policyName(target)} from ${holderWords(holderOf(target))}`,
  blastRadius: (target) =>
    `What ${holderWords(holderOf(target))} may do by the policy ${policyName(target)} alone is refused, to whoever uses it.`,
  inverse: (target) => `The policy ${policyName(target)} is attached to ${holderWords(holderOf(target))} again.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        if (!/^Attach(User|Role|Group)Policy$/.test(evidence.operation) || evidence.error !== undefined) return [];
        const holder = evidence.account === finding.account ? holderIn(evidence) : null;
        const policyArn = textAt(evidence.kept, 'policyArn');
        const isPolicy = policyArn !== null && /^policy\/[\w+=,.@/-]{1,640}$/.test(parseArn(policyArn)?.resource ?? '');
        return holder === null || !isPolicy ? [] : [{ ...holder, params: { policyArn } }];
      }),
    ),
  partial: true,
  plan: (target) => {
    const holder = holderOf(target);
    const input = { ...holderInput(holder), PolicyArn: policyOf(target) };
    return [
      setting({
        name: 'Detach the policy',
        on: holderArns(target, holder),
        read: { action: `iam:ListAttached${holder.kind}Policies`, input: holderInput(holder) },
        state: (answer) => listAt(answer, 'AttachedPolicies').some((one) => textAt(one, 'PolicyArn') === policyOf(target)),
        want: () => false,
        write: { action: `iam:Detach${holder.kind}Policy`, input, with: () => ({}) },
        back: (attached) => (attached === true ? [{ action: `iam:Attach${holder.kind}Policy`, input }] : []),
        noneIsFine: true,
        says: 'the policy is not attached',
      }),
    ];
  },
  undoes: ['iam:AttachGroupPolicy', 'iam:AttachRolePolicy', 'iam:AttachUserPolicy'],
  examples: (['User', 'Role', 'Group'] as const).map((kind) => ({
    name: `from a ${kind.toLowerCase()}`,
    target: exampleHolder(kind, 'ops', { policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' }),
    does: [`iam:Detach${kind}Policy`],
  })),
};
