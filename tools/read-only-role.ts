// The policy of the role `reader`: every IAM action that controls, the inventory, the first look, the checks of playbooks and
// the services whose findings come in read, and nothing that changes anything. `npm run gen` writes it.
import { readerActions } from '../src/app/reader-actions.ts';
import { controlModules, playbookModules } from './units.ts';

export const readOnlyRolePath = 'docs/reference/read-only-role.json';

/** The policy document as text. Log buckets are not in it: grant `s3:ListBucket` and `s3:GetObject` on yours. */
export async function readOnlyRole(): Promise<string> {
  const controls = (await controlModules()).map(({ unit }) => unit);
  const playbooks = (await playbookModules()).map(({ unit }) => unit);
  const Action = readerActions(controls, playbooks);
  const Statement = [{ Sid: 'JobzeroReads', Effect: 'Allow', Action, Resource: '*' }];
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}
