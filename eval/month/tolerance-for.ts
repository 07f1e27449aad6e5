import type { ScheduledRun } from '../../src/range/large/schedule.ts';
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

const hour = 3_600_000;

/**
 * The tolerance with what the organisation itself knows. Each person answers for their sessions of Identity Center, in every account, and
 * the first of a team for the pipelines, machines and users that it runs. Drills and tests, which campaigns mark as no incident, are
 * announced by those who do them, for the day on which they begin.
 */
export function toleranceFor(text: string, people: readonly Person[], runs: readonly ScheduledRun[]): string {
  const persons = people.map(({ email, team }, i) => {
    const leads = people.findIndex((one) => one.team === team) === i;
    const arns = [`arn:aws:sts::*:assumed-role/AWSReservedSSO_*/${email}`, ...(leads ? (owned[team] ?? []) : [])];
    return `  ${JSON.stringify(email)}: ${JSON.stringify(arns)}`;
  });
  const announced = runs.flatMap(({ campaign, run }) => {
    if (campaign.incident !== false) return [];
    const who = Object.values(run.placed.actors).flatMap(({ account, signs }) => {
      if ('person' in signs) return [`arn:aws:sts::*:assumed-role/AWSReservedSSO_*/${run.placed.people[signs.person]?.email ?? ''}`];
      if ('user' in signs) return [`arn:aws:iam::${account}:user/${signs.user}`];
      return 'role' in signs ? [`arn:aws:sts::${account}:assumed-role/${signs.role}/${signs.session}`] : [];
    });
    const day = { from: stamp(run.startedAt - hour), until: stamp(run.startedAt + 23 * hour) };
    return who.length === 0 ? [] : [`  - ${JSON.stringify({ ...day, who, owner: 'security', reason: campaign.title })}`];
  });
  const listed = announced.length === 0 ? '' : `announced:\n${announced.join('\n')}\n`;
  return `${text.trimEnd()}\npeople:\n${persons.join('\n')}\n${listed}`;
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
