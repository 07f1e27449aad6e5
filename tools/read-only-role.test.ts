import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { operations } from '../src/edge/aws/operations.ts';
import { readOnlyRole, readOnlyRolePath } from './read-only-role.ts';
import { root } from './units.ts';

test('the read-only role is fresh, reads only, and names calls that the AWS edge knows', async () => {
  const text = await readOnlyRole();
  expect(readFileSync(join(root, readOnlyRolePath), 'utf8'), 'node tools/read-only-role.ts writes it').toBe(text);
  const [statement] = (JSON.parse(text) as { Statement: readonly { Action: readonly string[] }[] }).Statement;
  expect(statement?.Action.filter((action) => !/^[a-z0-9]+:(Get|List|Describe|Lookup)[A-Z]/.test(action))).toEqual([]);
  expect(statement?.Action.filter((action) => !Object.hasOwn(operations, action))).toEqual([]);
});
