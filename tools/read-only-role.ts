// The policy of the role `reader`: every IAM action that controls, the inventory, the first look, the checks of playbooks and
// the services whose findings come in read, and nothing that changes anything. `npm run gen` writes it.
import { permissionOf } from '../src/core/act/permission.ts';
import { inventoryReads } from '../src/core/collect/inventory/take-inventory.ts';
import { sourceReads } from '../src/core/collect/reports/read-sources.ts';
import { controlModules, playbookModules } from './units.ts';
import { readsOf, roleReads, setReads } from './write-roles.ts';

export const readOnlyRolePath = 'docs/reference/read-only-role.json';

/** Whom we are, where we may look, and what happened: needed before any unit reads something. */
const always = [
  'cloudtrail:LookupEvents',
  // Alarms that tell that an action broke something: the key `signals` of the tolerance.
  'cloudwatch:DescribeAlarms',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeRegions',
  'iam:ListAccountAliases',
  // Who manages the account, and what could hold for all of its organisation.
  'organizations:DescribeOrganization',
  'organizations:ListAccounts',
  'organizations:ListRoots',
  's3:GetBucketLogging',
  's3:ListAllMyBuckets',
  ...setReads,
  ...roleReads,
];

/** The policy document as text. Log buckets are not in it: grant `s3:ListBucket` and `s3:GetObject` on yours. */
export async function readOnlyRole(): Promise<string> {
  const controls = (await controlModules()).map(({ unit }) => unit);
  const playbooks = (await playbookModules()).map(({ unit }) => unit);
  const actions = [...always, ...inventoryReads, ...sourceReads, ...controls.flatMap(({ reads }) => reads), ...playbooks.flatMap(readsOf)];
  const Action = [...new Set(actions.map(permissionOf))].sort();
  const Statement = [{ Sid: 'JobzeroReads', Effect: 'Allow', Action, Resource: '*' }];
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}
