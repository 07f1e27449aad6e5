import { partitionOf } from '../core/lib/arn.ts';
import { iamRegion } from '../core/lib/inline-policy.ts';
import { asObject, listAt, textAt, valueAt } from '../core/lib/json-at.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Target } from '../core/model/plan.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { DurableContext } from '../core/ports/durable.ts';
import { type Attempt, attempt } from './cloud-attempt.ts';
import { refusedIn } from './simulator-says.ts';

/** So many permissions are named. */
const mostNamed = 5;

/**
 * What the role that acts may not do of a session's policy, in a sentence; null where it may do all of it, or where nobody may say. IAM's policy simulator is
 * asked, by the reader: of the role's own policies, its boundary, and what holds for its account. What resources say themselves is not in it, nor are
 * conditions on what only the call will tell. Each question is asked once: containment does not wait for it.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function permissionsLacking(
  context: DurableContext,
  cloud: Cloud,
  { account, region }: Target,
  session: { readonly policy: JsonObject; readonly name: string },
): Promise<string | null> {
  const at = { account, region: iamRegion(partitionOf(region)) };
  const ask = (name: string, action: string, input: JsonObject, as: 'actor' | 'reader'): Promise<Attempt> =>
    context.step(name, () => attempt(cloud, { ...at, action, input, ...(as === 'actor' ? { role: as, session } : { role: as }) }));

  const who = await ask('who acts', 'sts:GetCallerIdentity', {}, 'actor');
  const RoleName = who.ok ? /:assumed-role\/([^/]+)\//.exec(textAt(who.answer, 'Arn') ?? '')?.[1] : undefined;
  if (RoleName === undefined) return null;
  const role = await ask('which role acts', 'iam:GetRole', { RoleName }, 'reader');
  const PolicySourceArn = role.ok ? textAt(role.answer, 'Role', 'Arn') : null;
  if (PolicySourceArn === null) return null;

  const lacking: string[] = [];
  for (const [i, statement] of listAt(session.policy, 'Statement').entries()) {
    const resources = listAt(statement, 'Resource').map(String);
    const named = resources.includes('*') ? {} : { ResourceArns: resources };
    const actions = listAt(statement, 'Action').map(String);
    const told = contextOf(statement);
    const simulate = (name: string, ActionNames: readonly string[]) =>
      ask(name, 'iam:SimulatePrincipalPolicy', { PolicySourceArn, ActionNames, ...named, ...told }, 'reader');

    const together = await simulate(`may it ${i + 1}`, actions);
    const answers = [together];
    // The simulator refuses actions that "require different authorization information" in one question.
    if (!together.ok && together.kind === 'invalid')
      for (const action of actions) answers.push(await simulate(`may it ${i + 1} ${action}`, [action]));
    for (const one of answers) if (one.ok) lacking.push(...listAt(one.answer, 'EvaluationResults').flatMap(refusedIn));
  }
  if (lacking.length === 0) return null;
  const more = lacking.length > mostNamed ? `, and ${lacking.length - mostNamed} more` : '';
  return `The role ${RoleName}, which acts, may not ${lacking.slice(0, mostNamed).join(', ')}${more}. Nothing was touched.`;
}

/** What the request will tell: the values under which a statement of a session permits it. */
function contextOf(statement: Json): JsonObject {
  const equals = Object.entries(asObject(valueAt(statement, 'Condition', 'StringEquals')) ?? {});
  const ContextEntries = equals.map(([ContextKeyName, value]) => ({
    ContextKeyName,
    ContextKeyType: 'string',
    ContextKeyValues: [String(value)],
  }));
  return equals.length === 0 ? {} : { ContextEntries };
}
