import { isRootTask } from '../lib/root-tasks.ts';
import type { Playbook } from '../model/plan.ts';
import { permissionOf } from './permission.ts';

/** What a playbook reads before it acts and after, as its examples show. */
export function readsOf({ examples, plan, requires, surveys }: Playbook): readonly string[] {
  return examples.flatMap(({ target }) => [
    ...(surveys?.(target, 0) ?? []).map(({ read }) => read.action),
    ...plan(target, 0).flatMap(({ read, verify }) => [read.action, verify.action]),
    ...(requires?.(target) ?? []).flatMap(({ read, follow }) => [read.action, ...(follow === undefined ? [] : [follow.action])]),
  ]);
}

/** What those may read of it who do not act: nobody else becomes root. */
export function looksOf(playbook: Playbook): readonly string[] {
  return readsOf(playbook).filter((action) => !isRootTask(action));
}

/** What its plans do, and what AWS asks for beside that, as its examples show. */
export function doesOf(playbook: Playbook): readonly string[] {
  const does = playbook.examples.flatMap(({ target }) => playbook.plan(target, 0).map((step) => step.do.action));
  return [...does, ...permitsOf(playbook)];
}

/** What the role `actor` must be permitted for a playbook. */
export function actsWith(playbook: Playbook): readonly string[] {
  return permissions([...readsOf(playbook), ...doesOf(playbook)]);
}

/** What the role `undoer` must be permitted for its undo. */
export function undoesWith(playbook: Playbook): readonly string[] {
  return permissions([...looksOf(playbook), ...playbook.undoes, ...permitsOf(playbook)]);
}

function permitsOf({ examples, plan }: Playbook): readonly string[] {
  return examples.flatMap(({ target }) => plan(target, 0).flatMap((step) => step.permits ?? []));
}

function permissions(actions: readonly string[]): readonly string[] {
  return [...new Set(actions.map(permissionOf))].sort();
}
