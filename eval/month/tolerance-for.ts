import type { Person } from '../../src/range/people.ts';

/** Who answers for what no person signs in to: by team, ARNs of users and sessions. */
const owned: { readonly [team in Person['team']]?: readonly string[] } = {
  platform: [
    ...['ci-deployer', 'alice', 'bob', 'report-exporter'].map((user) => `arn:aws:iam::*:user/${user}`),
    ...[
      'terraform',
      'github-*',
      'web-server',
      'order-api',
      'report-worker',
      'eks-node',
      'backup-runner',
      'patch-runner',
      'cost-cleaner',
    ].map((role) => `arn:aws:sts::*:assumed-role/${role}/*`),
    'arn:aws:sts::*:assumed-role/OrganizationAccountAccessRole/*',
  ],
  data: ['arn:aws:sts::*:assumed-role/data-pipeline/*'],
  security: ['cspm-scanner', 'incident-responder'].map((role) => `arn:aws:sts::*:assumed-role/${role}/*`),
};

/**
 * The tolerance with the people of an organisation: each answers for their sessions of Identity Center, in every account, and the first of a
 * team for the pipelines, machines and users that it runs.
 */
export function toleranceFor(text: string, people: readonly Person[]): string {
  const lines = people.map(({ email, team }, i) => {
    const leads = people.findIndex((one) => one.team === team) === i;
    const arns = [`arn:aws:sts::*:assumed-role/AWSReservedSSO_*/${email}`, ...(leads ? (owned[team] ?? []) : [])];
    return `  ${JSON.stringify(email)}: ${JSON.stringify(arns)}`;
  });
  return `${text.trimEnd()}\npeople:\n${lines.join('\n')}\n`;
}
