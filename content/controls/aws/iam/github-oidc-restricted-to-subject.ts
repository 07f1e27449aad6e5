import { githubWithoutSubject } from '../../../../src/core/lib/access/who-may-assume.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';
import type { Json } from '../../../../src/core/model/json.ts';

const reads = 'iam:GetAccountAuthorizationDetails';
const issuer = 'token.actions.githubusercontent.com';
const aud = { [`${issuer}:aud`]: 'sts.amazonaws.com' };
const trust = (condition: Json | null): { readonly trustPolicy: Json } => ({
  trustPolicy: {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Federated: `arn:aws:iam::111122223333:oidc-provider/${issuer}` },
        Action: 'sts:AssumeRoleWithWebIdentity',
        ...(condition === null ? {} : { Condition: condition }),
      },
    ],
  },
});

/**
 * A claim counts when it names an owner at least: `sub`, or repository, repository_owner and their ids, or job_workflow_ref, with no
 * wildcard before the owner's end. `...IfExists` and `ForAllValues:` do not count: they hold for a token without the claim.
 */
export const githubOidcRestrictedToSubject: Control = {
  id: 'aws.iam.github-oidc-restricted-to-subject',
  title: 'A role for GitHub Actions names the repositories that may assume it',
  why: 'GitHub signs tokens for every workflow of every user. A trust that checks the audience alone lets any of them in: https://docs.github.com/en/actions/security-for-github-actions/security-hardening-your-deployments/configuring-openid-connect-in-amazon-web-services',
  severity: 'Critical',
  type: 'AWS::IAM::Role',
  reads: [reads],
  remediation: `Add a condition on ${issuer}:sub that names the owner and repository, best also the branch or environment: StringEquals repo:OWNER/REPOSITORY:ref:refs/heads/main.`,
  exposes: true,
  assess: (role) => {
    const document = role.props['trustPolicy'];
    if (document === undefined) return unread(role, 'trustPolicy', reads);
    const verdict = githubWithoutSubject(document);
    if (verdict === null)
      return { status: 'Unknown', missing: reads, reason: `The trust policy of role ${role.name} cannot be understood.` };
    const [open] = verdict.open;
    if (open !== undefined) {
      return {
        status: 'Fail',
        reason: `Role ${role.name} can be assumed from repositories of anybody at GitHub: ${open.why}.`,
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
    return {
      status: 'Pass',
      reason: verdict.trusts
        ? `Role ${role.name} names the repositories that may assume it.`
        : `Role ${role.name} does not trust GitHub Actions.`,
    };
  },
  examples: [
    { name: 'no condition', resource: { props: trust(null) }, expect: 'Fail' },
    { name: 'the audience alone', resource: { props: trust({ StringEquals: aud }) }, expect: 'Fail' },
    {
      name: 'any repository',
      resource: { props: trust({ StringEquals: aud, StringLike: { [`${issuer}:sub`]: 'repo:*' } }) },
      expect: 'Fail',
    },
    {
      name: 'owners that begin alike',
      resource: { props: trust({ StringLike: { [`${issuer}:sub`]: 'repo:octo-org*' } }) },
      expect: 'Fail',
    },
    {
      name: 'one of two values is open',
      resource: { props: trust({ StringLike: { [`${issuer}:sub`]: ['repo:octo-org/app:*', 'repo:*:ref:refs/heads/main'] } }) },
      expect: 'Fail',
    },
    {
      name: 'one branch',
      resource: { props: trust({ StringEquals: { ...aud, [`${issuer}:sub`]: 'repo:octo-org/app:ref:refs/heads/main' } }) },
      expect: 'Pass',
    },
    { name: 'one owner', resource: { props: trust({ StringLike: { [`${issuer}:sub`]: 'repo:octo-org/*' } }) }, expect: 'Pass' },
    {
      name: 'another trust',
      resource: {
        props: { trustPolicy: { Statement: { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' } } },
      },
      expect: 'Pass',
    },
    { name: 'not read', resource: { props: {}, unread: { trustPolicy: reads } }, expect: 'Unknown' },
  ],
};
