import { listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { distinctTargets } from '../../../../src/core/lib/plans/distinct-targets.ts';
import { exampleSet, permissionSetArns, permissionSetIn, permissionSetInput } from '../../../../src/core/lib/plans/permission-set.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Evidence, Finding } from '../../../../src/core/model/finding.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const who = ({ params }: Target) => `the ${params['principalType'] === 'GROUP' ? 'group' : 'person'} ${String(params['principalId'])}`;
const whereOf = ({ params }: Target) => String(params['targetId']);
const setOf = ({ params }: Target) => String(params['permissionSetArn']).split('/').at(-1) ?? '';

/** https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DeleteAccountAssignment.html */
export const removeAssignment: Playbook = {
  id: 'aws.sso.remove-assignment',
  version: 1,
  title: 'Take an assignment of Identity Center back',
  why: 'By one assignment a person or all members of a group enter the account with the rights of the permission set. The one assignment goes; others of the same person stay. A session that is open lives on as long as the permission set says, twelve hours at most: deny the person too.',
  handles: ['aws.sso.access-to-account-assigned'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Take the assignment of ${who(target)} to the account ${whereOf(target)} by ${setOf(target)} back`,
  blastRadius: (target) => `By ${setOf(target)} nobody of ${who(target)} enters the account ${whereOf(target)} any more.`,
  inverse: (target) => `The permission set ${setOf(target)} is assigned to ${who(target)} for the account ${whereOf(target)} again.`,
  targets: (finding) => distinctTargets(finding.evidence.flatMap((one) => targetOf(finding, one))),
  partial: true,
  plan: (target) => {
    const { params } = target;
    const input = {
      ...permissionSetInput(target),
      TargetId: whereOf(target),
      TargetType: 'AWS_ACCOUNT',
      PrincipalType: String(params['principalType']),
      PrincipalId: String(params['principalId']),
    };
    return [
      setting({
        name: 'Take the assignment back',
        on: permissionSetArns(target),
        read: { action: 'sso:ListAccountAssignments', input: { ...permissionSetInput(target), AccountId: whereOf(target) } },
        state: (answer) =>
          listAt(answer, 'AccountAssignments').some(
            (one) => textAt(one, 'PrincipalId') === input.PrincipalId && textAt(one, 'PrincipalType') === input.PrincipalType,
          ),
        want: () => false,
        write: { action: 'sso:DeleteAccountAssignment', input, with: () => ({}) },
        back: (assigned) => (assigned === true ? [{ action: 'sso:CreateAccountAssignment', input }] : []),
        noneIsFine: true,
        says: 'there is no such assignment',
        // AWS answers at once and does it behind that.
        withinSeconds: 300,
      }),
    ];
  },
  undoes: ['sso:CreateAccountAssignment'],
  examples: [
    {
      name: 'a person',
      target: exampleSet({
        targetId: '444455556666',
        principalType: 'USER',
        principalId: '1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e',
      }),
      does: ['sso:DeleteAccountAssignment'],
    },
  ],
};

function targetOf(finding: Finding, evidence: Evidence): readonly Target[] {
  const named = evidence.operation === 'CreateAccountAssignment' ? permissionSetIn(finding, evidence) : null;
  const [targetId = '', principalType = '', principalId = ''] = ['targetId', 'principalType', 'principalId'].map(
    (name) => textAt(evidence.kept, name) ?? '',
  );
  if (named === null || !/^\d{12}$/.test(targetId) || !/^(USER|GROUP)$/.test(principalType) || !/^[0-9A-Fa-f-]{36,47}$/.test(principalId))
    return [];
  const params = { ...named, targetId, principalType, principalId };
  return [{ account: finding.account, region: evidence.region, uid: named.permissionSetArn, params }];
}
