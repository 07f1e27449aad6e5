import { looksOf } from '../core/act/actions-of.ts';
import { permissionOf } from '../core/act/permission.ts';
import { contactReads } from '../core/collect/inventory/read-contacts.ts';
import { readTagged } from '../core/collect/inventory/read-tagged.ts';
import { inventoryReads } from '../core/collect/inventory/take-inventory.ts';
import { sourceReads } from '../core/collect/reports/read-sources.ts';
import type { Control } from '../core/model/control.ts';
import type { Playbook } from '../core/model/plan.ts';

/** How triage finds of which permission set the role of a person in the management account is. */
export const setReads = ['sso:DescribePermissionSet', 'sso:ListInstances', 'sso:ListPermissionSetsProvisionedToAccount'];

/** How it is asked, before a plan begins, whether the role that acts may do all of it. */
export const roleReads = ['iam:GetRole', 'iam:SimulatePrincipalPolicy'];

/** How the inventory finds whose an account and its resources are. */
export const ownerReads = [...contactReads, ...readTagged.calls];

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
  ...ownerReads,
];

/**
 * The permissions of the role `reader`, sorted: what controls, the inventory, the first look, the checks of playbooks and the services whose findings come in
 * read.
 */
export function readerActions(controls: readonly Control[], playbooks: readonly Playbook[]): readonly string[] {
  const actions = [...always, ...inventoryReads, ...sourceReads, ...controls.flatMap(({ reads }) => reads), ...playbooks.flatMap(looksOf)];
  return [...new Set(actions.map(permissionOf))].sort();
}
