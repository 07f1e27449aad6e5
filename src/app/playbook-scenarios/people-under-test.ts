import { denyPerson } from '../../../content/playbooks/aws/organizations/deny-person.ts';
import { denyRoot } from '../../../content/playbooks/aws/organizations/deny-root.ts';
import type { Json } from '../../core/model/json.ts';
import { account, management, type Organisation, type Scenario, twoStates } from './scenario-under-test.ts';

const person = 'dana@example.com';
/** A place in the organisation; which, is not told apart. */
const root = 'r-ab12';
const made = ({ range }: Organisation) => Object.values(range.state.organisation.made ?? {});
const attached = (organisation: Organisation): Json => made(organisation).map(({ name, accounts }) => ({ name, accounts: [...accounts] }));

/** A session of Identity Center, with which somebody does something in the account. */
function asPerson({ range }: Organisation, action: string): void {
  const credentials = range.roleSession({
    account,
    role: 'AWSReservedSSO_AdministratorAccess_*',
    name: person,
    mfa: false,
    holder: 'thief',
    at: range.now(),
    renewed: false,
  });
  if (credentials === null) throw new Error('there is no such role');
  const input = { UserName: 'ci-deployer' };
  const { error } = range.perform({ credentials, region: 'us-east-1', action, input, origin: { ip: '198.51.100.7', userAgent: 'x' } });
  if (error !== null) throw error;
}

const full = (place: string): NonNullable<Scenario['refused']> => ({
  when: ({ manager }) => {
    for (const n of [1, 2, 3, 4]) {
      const answer = manager.call('organizations:CreatePolicy', {
        Name: `other-${n}`,
        Description: '',
        Type: 'SERVICE_CONTROL_POLICY',
        Content: '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"x:Y","Resource":"*"}]}',
      });
      const { PolicySummary: summary } = answer['Policy'] as { PolicySummary: { Id: string } };
      manager.call('organizations:AttachPolicy', { PolicyId: summary.Id, TargetId: place });
    }
  },
  says: /has 5 service control policies already/,
});

const both = {
  view: attached,
  meddle: twoStates,
  does: ['organizations:CreatePolicy', 'organizations:AttachPolicy'],
  undoes: ['organizations:DetachPolicy', 'organizations:DeletePolicy'],
  refused: full(account),
  around: { management, root: null, atRoot: [] },
} as const;

export const peopleScenarios: readonly Scenario[] = [
  {
    name: 'denies a person of Identity Center in an account',
    playbook: denyPerson,
    rule: 'aws.iam.access-key-created-for-other-user',
    attack: (organisation) => asPerson(organisation, 'iam:CreateAccessKey'),
    ...both,
  },
  {
    name: 'denies a person of Identity Center in every account',
    playbook: denyPerson,
    rule: 'aws.iam.access-key-created-for-other-user',
    attack: (organisation) => asPerson(organisation, 'iam:CreateAccessKey'),
    ...both,
    refused: full(root),
    around: { management, root, atRoot: ['FullAWSAccess'] },
  },
  {
    name: 'denies the root user in an account',
    playbook: denyRoot,
    rule: 'aws.iam.access-key-created-for-other-user',
    attack: ({ root }) => void root.call('iam:CreateAccessKey', { UserName: 'ci-deployer' }),
    ...both,
  },
];
