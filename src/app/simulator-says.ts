import { listAt, textAt, valueAt } from '../core/lib/json-at.ts';
import type { Json } from '../core/model/json.ts';

/**
 * What one result of IAM's policy simulator refuses, as `iam:PutUserPolicy on arn:aws:iam::111122223333:user/alice`, or the action alone where it was asked of no
 * resource. https://docs.aws.amazon.com/IAM/latest/APIReference/API_EvaluationResult.html
 */
export function refusedIn(result: Json): readonly string[] {
  // Those of the organisation hang on what only the call tells (its Region, most of all), and the simulator does not say so: containment must not stop at a guess.
  if (valueAt(result, 'OrganizationsDecisionDetail', 'AllowedByOrganizations') === false) return [];
  const action = textAt(result, 'EvalActionName') ?? '';
  const specific = listAt(result, 'ResourceSpecificResults');
  const each = specific.length === 0 ? [result] : specific;
  return each.flatMap((one) => {
    const decision = textAt(one, 'EvalResourceDecision') ?? textAt(one, 'EvalDecision');
    if (decision === null || decision === 'allowed' || listAt(one, 'MissingContextValues').length > 0) return [];
    const resource = textAt(one, 'EvalResourceName') ?? '*';
    return [resource === '*' ? action : `${action} on ${resource}`];
  });
}
