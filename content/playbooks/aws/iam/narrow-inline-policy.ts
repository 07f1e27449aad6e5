import { textAt } from '../../../../src/core/lib/json-at.ts';
import { withoutAdministration } from '../../../../src/core/lib/plans/administration.ts';
import {
  exampleHolder,
  holderArns,
  holderIn,
  holderInput,
  holderOf,
  holderTargets,
  holderWords,
} from '../../../../src/core/lib/plans/iam.ts';
import { narrowPolicy } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const policyOf = ({ params }: Target) => String(params['policyName']);

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html, and the same of roles and groups */
export const narrowInlinePolicy: Playbook = {
  id: 'aws.iam.narrow-inline-policy',
  version: 1,
  title: 'Take administrator rights out of an inline policy',
  why: 'Putting an inline policy replaces what stood under its name, and what that was is not in the event. The statements that allow everything go; whatever else the policy says stays, so that rightful permissions that were there before are not lost.',
  handles: [
    'aws.iam.admin-policy-attached-to-user',
    'aws.iam.admin-user-created',
    'aws.iam.everything-but-allowed',
    'aws.iam.foreign-admin-role-created',
    'aws.iam.own-rights-raised',
    'aws.iam.role-raised-itself',
  ],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take administrator rights out of the policy ${policyOf(target)} of ${holderWords(holderOf(target))}`,
  blastRadius: (target) =>
    `What ${holderWords(holderOf(target))} may do by the statements of ${policyOf(target)} that allow everything is refused, to whoever uses it.`,
  inverse: (target) => `The policy ${policyOf(target)} of ${holderWords(holderOf(target))} gets its exact text back.`,
  targets: (finding) =>
    holderTargets(
      finding,
      finding.evidence.flatMap((evidence) => {
        if (!/^Put(User|Role|Group)Policy$/.test(evidence.operation) || evidence.error !== undefined) return [];
        const holder = evidence.account === finding.account ? holderIn(evidence) : null;
        const policyName = textAt(evidence.kept, 'policyName');
        return holder === null || policyName === null || !/^[\w+=,.@-]{1,128}$/.test(policyName)
          ? []
          : [{ ...holder, params: { policyName } }];
      }),
    ),
  partial: true,
  plan: (target) => {
    const holder = holderOf(target);
    const input = { ...holderInput(holder), PolicyName: policyOf(target) };
    return narrowPolicy(
      {
        on: holderArns(target, holder),
        read: { action: `iam:Get${holder.kind}Policy`, input },
        text: (answer) => textAt(answer, 'PolicyDocument'),
        put: { action: `iam:Put${holder.kind}Policy`, input, with: (PolicyDocument) => ({ PolicyDocument }) },
        remove: { action: `iam:Delete${holder.kind}Policy`, input },
      },
      withoutAdministration,
      'no statement of the policy allows everything',
    );
  },
  undoes: (['User', 'Role', 'Group'] as const).flatMap((kind) => [`iam:Delete${kind}Policy`, `iam:Put${kind}Policy`]),
  examples: (['User', 'Role', 'Group'] as const).map((kind) => ({
    name: `of a ${kind.toLowerCase()}`,
    target: exampleHolder(kind, 'ops', { policyName: 'helper' }),
    does: [`iam:Put${kind}Policy`, `iam:Delete${kind}Policy`],
  })),
};
