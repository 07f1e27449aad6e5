import type { ScheduledRun } from '../../src/range/large/schedule.ts';
import type { Person } from '../../src/range/people.ts';

/** Who answers for what no person signs in to: by team, ARNs of users and sessions. */
const runBy: { readonly [team in Person['team']]?: readonly string[] } = {
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

/** Whose an account of a kind is; of all other kinds, a developer's. */
const owning: { readonly [kind: string]: Person['team'] } = {
  management: 'platform',
  shared: 'platform',
  data: 'data',
  security: 'security',
};

const hour = 3_600_000;

/**
 * The tolerance with what the organisation itself knows. Each person answers for their sessions of Identity Center, in every account, and
 * the first of a team for the pipelines, machines and users that it runs. Drills and tests, which campaigns mark as no incident, are
 * announced by those who do them, for the day on which they begin. Each account has an owner, one of the team it belongs to, in turn.
 */
export function toleranceFor(
  text: string,
  people: readonly Person[],
  runs: readonly ScheduledRun[],
  accounts: readonly { readonly id: string; readonly kind?: string }[],
): string {
  const persons = people.map(({ email, team }, i) => {
    const leads = people.findIndex((one) => one.team === team) === i;
    const arns = [`arn:aws:sts::*:assumed-role/AWSReservedSSO_*/${email}`, ...(leads ? (runBy[team] ?? []) : [])];
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
  const owners = accounts.flatMap(({ id, kind = '' }, i) => {
    const team = people.filter((one) => one.team === (owning[kind] ?? 'developer'));
    const owner = team[i % team.length] ?? people[0];
    return owner === undefined ? [] : [`  "${id}": ${JSON.stringify(owner.email)}`];
  });
  const owned = owners.length === 0 ? '' : `accountOwners:\n${owners.join('\n')}\n`;
  const listed = announced.length === 0 ? '' : `announced:\n${announced.join('\n')}\n`;
  return `${text.trimEnd()}\npeople:\n${persons.join('\n')}\n${owned}${listed}`;
}

function stamp(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
