// The policy of the role `reader`: every IAM action that controls, the inventory, the first look and the checks of playbooks
// read, and nothing that changes anything. `node tools/read-only-role.ts` writes docs/reference/read-only-role.json.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { permissionOf } from '../src/core/act/permission.ts';
import { inventoryReads } from '../src/core/collect/inventory/take-inventory.ts';
import type { Playbook } from '../src/core/model/plan.ts';
import { controlModules, playbookModules, root } from './units.ts';

export const readOnlyRolePath = 'docs/reference/read-only-role.json';

/** Whom we are, where we may look, and what happened: needed before any unit reads something. */
const always = [
  'cloudtrail:LookupEvents',
  'ec2:DescribeFlowLogs',
  'ec2:DescribeRegions',
  'iam:ListAccountAliases',
  'organizations:ListAccounts',
  's3:GetBucketLogging',
  's3:ListAllMyBuckets',
];

/** The policy document as text. Log buckets are not in it: grant `s3:ListBucket` and `s3:GetObject` on yours. */
export async function readOnlyRole(): Promise<string> {
  const controls = (await controlModules()).map(({ unit }) => unit);
  const playbooks = (await playbookModules()).map(({ unit }) => unit);
  const actions = [...always, ...inventoryReads, ...controls.flatMap(({ reads }) => reads), ...playbooks.flatMap(readsOf)];
  const Action = [...new Set(actions.map(permissionOf))].sort();
  const Statement = [{ Sid: 'JobzeroReads', Effect: 'Allow', Action, Resource: '*' }];
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

/** What a playbook reads before it acts and after, as its examples show. */
function readsOf({ examples, plan, requires }: Playbook): readonly string[] {
  return examples.flatMap(({ target }) => [
    ...plan(target, 0).flatMap(({ read, verify }) => [read.action, verify.action]),
    ...(requires?.(target) ?? []).flatMap(({ read, follow }) => [read.action, ...(follow === undefined ? [] : [follow.action])]),
  ]);
}

if (import.meta.main) writeFileSync(join(root, readOnlyRolePath), await readOnlyRole());
