import { assumableByAnyone } from '../../../../src/core/lib/access/who-may-assume.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';
import type { Json } from '../../../../src/core/model/json.ts';

const reads = 'iam:GetAccountAuthorizationDetails';
const trust = (statement: Json): { readonly trustPolicy: Json } => ({ trustPolicy: { Version: '2012-10-17', Statement: statement } });
const anyone = { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' };

/**
 * Anyone: principal `*`, every AWS account, everybody but some, every AWS service, or every application of a public identity provider,
 * where no condition names who it is. Which conditions count is in core/lib/access/confines.ts. GitHub has a control of its own.
 */
export const roleNotAssumableByAnyone: Control = {
  id: 'aws.iam.role-not-assumable-by-anyone',
  title: 'No role that anyone may assume',
  why: 'Whoever knows the name of such a role has its permissions, from any AWS account in the world. Names of roles are guessed with public lists.',
  severity: 'Critical',
  type: 'AWS::IAM::Role',
  reads: [reads],
  remediation:
    'Name the accounts, roles or services in the trust policy, or add a condition that does: aws:PrincipalOrgID, aws:PrincipalAccount, aws:PrincipalArn or aws:SourceAccount. Look up in CloudTrail who assumed the role so far.',
  exposes: true,
  assess: (role) => {
    const document = role.props['trustPolicy'];
    if (document === undefined) return unread(role, 'trustPolicy', reads);
    const verdict = assumableByAnyone(document);
    if (verdict === null)
      return { status: 'Unknown', missing: reads, reason: `The trust policy of role ${role.name} cannot be understood.` };
    const [open] = verdict.open;
    if (open !== undefined) {
      return {
        status: 'Fail',
        reason: `Role ${role.name} lets anyone in: by statement ${open.statement + 1} of its trust policy ${open.why}.`,
        facts: { statements: verdict.open.map(({ statement, sid, why }) => ({ statement, sid, why })), trustPolicy: document },
      };
    }
    if (verdict.faults.length > 0) {
      return {
        status: 'Unknown',
        missing: reads,
        reason: `Part of the trust policy of role ${role.name} cannot be understood: ${verdict.faults[0]}.`,
      };
    }
    return { status: 'Pass', reason: `The trust policy of role ${role.name} names who may assume it.` };
  },
  examples: [
    { name: 'every AWS account', resource: { props: trust([anyone]) }, expect: 'Fail' },
    { name: 'the star, as a single statement', resource: { props: trust({ ...anyone, Principal: '*' }) }, expect: 'Fail' },
    {
      name: 'everybody but one',
      resource: { props: trust({ Effect: 'Allow', NotPrincipal: { AWS: '111122223333' }, Action: 'sts:*' }) },
      expect: 'Fail',
    },
    {
      name: 'any organisation',
      resource: { props: trust({ ...anyone, Condition: { StringLike: { 'aws:PrincipalOrgID': 'o-*' } } }) },
      expect: 'Fail',
    },
    {
      name: 'an organisation, if the caller has one',
      resource: { props: trust({ ...anyone, Condition: { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } }) },
      expect: 'Fail',
    },
    {
      name: 'one organisation',
      resource: { props: trust({ ...anyone, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } } }) },
      expect: 'Pass',
    },
    {
      name: 'a Deny of everybody outside',
      resource: {
        props: trust([
          anyone,
          {
            Effect: 'Deny',
            Principal: '*',
            Action: 'sts:AssumeRole',
            Condition: { StringNotEquals: { 'aws:PrincipalOrgID': 'o-abcdefghij' } },
          },
        ]),
      },
      expect: 'Pass',
    },
    {
      name: 'one account',
      resource: { props: trust([{ ...anyone, Principal: { AWS: 'arn:aws:iam::111122223333:root' } }]) },
      expect: 'Pass',
    },
    { name: 'a service', resource: { props: trust([{ ...anyone, Principal: { Service: 'lambda.amazonaws.com' } }]) }, expect: 'Pass' },
    { name: 'no policy', resource: { props: { trustPolicy: 'hello' } }, expect: 'Unknown' },
    { name: 'not read', resource: { props: {}, unread: { trustPolicy: reads } }, expect: 'Unknown' },
  ],
};
