// The policies of the roles `actor` and `undoer`: the calls of playbooks' plans and of their undo, and the reads around them.
import { permissionOf } from '../src/core/act/permission.ts';
import type { Playbook } from '../src/core/model/plan.ts';
import { playbookModules } from './units.ts';

export const actorRolePath = 'docs/reference/actor-role.json';
export const undoerRolePath = 'docs/reference/undoer-role.json';

/** Neither role may touch our own roles, or those that people need when everything else fails. */
const never = {
  Sid: 'NeverOurselvesOrBreakGlass',
  Effect: 'Deny',
  Action: 'iam:*',
  Resource: ['arn:aws:iam::*:role/*obzero*', 'arn:aws:iam::*:role/break-glass*', 'arn:aws:iam::*:user/break-glass*'],
};

/** What channels call: findings go to Security Hub. */
const told = ['securityhub:BatchImportFindings'];

/** Both policy documents as text. A session narrows them further to one plan's calls and ARNs. */
export async function writeRoles(): Promise<{ readonly actor: string; readonly undoer: string }> {
  const playbooks = (await playbookModules()).map(({ unit }) => unit);
  return {
    actor: documentOf('JobzeroActs', [...playbooks.flatMap((playbook) => [...readsOf(playbook), ...doesOf(playbook)]), ...told]),
    undoer: documentOf(
      'JobzeroUndoes',
      playbooks.flatMap((playbook) => [...readsOf(playbook), ...playbook.undoes]),
    ),
  };
}

function documentOf(Sid: string, actions: readonly string[]): string {
  const Action = [...new Set(actions.map(permissionOf))].sort();
  const Statement = [{ Sid, Effect: 'Allow', Action, Resource: '*' }, never];
  return `${JSON.stringify({ Version: '2012-10-17', Statement }, null, 2)}\n`;
}

function doesOf({ examples, plan }: Playbook): readonly string[] {
  return examples.flatMap(({ target }) => plan(target, 0).map((step) => step.do.action));
}

/** What a playbook reads before it acts and after, as its examples show. */
export function readsOf({ examples, plan, requires }: Playbook): readonly string[] {
  return examples.flatMap(({ target }) => [
    ...plan(target, 0).flatMap(({ read, verify }) => [read.action, verify.action]),
    ...(requires?.(target) ?? []).flatMap(({ read, follow }) => [read.action, ...(follow === undefined ? [] : [follow.action])]),
  ]);
}
