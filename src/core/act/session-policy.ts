import { parseArn } from '../lib/arn.ts';
import { canonicalJson } from '../lib/canonical-json.ts';
import { onlyTask, rootTaskOf } from '../lib/root-tasks.ts';
import { InputError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Call, Precondition, Step } from '../model/plan.ts';
import { isScoped, permissionOf } from './permission.ts';

/**
 * The most characters of a session policy: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html.
 * AWS also packs it into a binary form with a limit of its own, which cannot be computed here; one plan's policy is
 * far below both.
 */
export const sessionPolicyLimit = 2048;

/**
 * The policy of the session that runs one plan: its actions on its ARNs, and nothing else. Undo calls are not in it:
 * they belong to another role (`undoPolicy`). Throws InputError when it is longer than AWS takes.
 */
export function sessionPolicy(requires: readonly Precondition[], steps: readonly Step[]): JsonObject {
  const grants = new Grants();
  for (const check of requires) {
    grants.add(check.read.action, check.on);
    if (check.follow !== undefined) grants.add(check.follow.action, check.on);
  }
  for (const step of steps) {
    for (const call of [step.read, step.do, step.verify]) grants.add(call.action, step.on);
    for (const permission of step.permits ?? []) grants.add(permission, step.on);
  }
  return grants.policy('the plan');
}

/** The policy of the session that undoes: these calls on these ARNs, with the reads that compare and verify. */
export function undoPolicy(
  parts: readonly { readonly calls: readonly Call[]; readonly on: readonly string[]; readonly permits?: readonly string[] | undefined }[],
): JsonObject {
  const grants = new Grants();
  for (const { calls, on, permits = [] } of parts)
    for (const action of [...calls.map((call) => call.action), ...permits]) grants.add(action, on);
  return grants.policy('the undo');
}

/** Collects (action, ARNs) and prints one statement for each set of ARNs and condition, sorted, so that the same plan gives the same bytes. */
class Grants {
  readonly #byResources = new Map<
    string,
    { readonly resources: readonly string[]; readonly condition: JsonObject; readonly actions: Set<string> }
  >();

  add(action: string, on: readonly string[]): void {
    const permission = permissionOf(action);
    const resources = isScoped(permission) ? [...new Set(on)].sort() : ['*'];
    const task = rootTaskOf(action, parseArn(on[0] ?? '')?.partition ?? 'aws');
    const condition = task === null ? {} : { Condition: onlyTask(task) };
    const key = canonicalJson([resources, condition]);
    const entry = this.#byResources.get(key) ?? { resources, condition, actions: new Set<string>() };
    entry.actions.add(permission);
    this.#byResources.set(key, entry);
  }

  policy(what: string): JsonObject {
    const statements = [...this.#byResources.entries()]
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([, { resources, condition, actions }]) => ({
        Effect: 'Allow',
        Action: [...actions].sort(),
        Resource: resources,
        ...condition,
      }));
    const policy = { Version: '2012-10-17', Statement: statements };
    const size = canonicalJson(policy).length;
    if (size > sessionPolicyLimit)
      throw new InputError(`the session policy of ${what} has ${size} characters and AWS takes ${sessionPolicyLimit}: split the plan`, '');
    return policy;
  }
}
