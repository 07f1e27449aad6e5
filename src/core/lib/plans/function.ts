import type { Evidence } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { textAt } from '../json-at.ts';
import { keptArns } from './named-targets.ts';

/** The last part of a function's ARN, without its version or alias. */
export const functionPattern = /^function:(?<name>[A-Za-z0-9_-]{1,140})$/;

/**
 * The ARN of the function that a call names: by its name, its ARN, or what lies between (`ACCOUNT:function:NAME`), each perhaps with a version.
 * https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
 */
export function functionUids(evidence: Evidence): readonly string[] {
  const given = textAt(evidence.kept, 'functionName') ?? evidence.resource?.uid ?? '';
  const [, account, name] =
    /^(?:(?:arn:[a-z-]+:lambda:[a-z0-9-]+:)?(\d{12}):function:)?([A-Za-z0-9_-]{1,140})(?::[$A-Za-z0-9_-]{1,128})?$/.exec(given) ?? [];
  if (name === undefined || (account !== undefined && account !== evidence.account)) return [];
  return keptArns('lambda', { functionName: 'function:' })({ ...evidence, kept: { functionName: name } });
}

/** The input that names the function of a target, and of it the version or alias where the call named one. */
export function functionInput({ params }: Target): JsonObject {
  const qualifier = textAt(params, 'qualifier');
  return { FunctionName: String(params['name']), ...(qualifier === null ? {} : { Qualifier: qualifier }) };
}

/** `the function app` */
export function functionWords({ params }: Target): string {
  const qualifier = textAt(params, 'qualifier');
  return `the function ${String(params['name'])}${qualifier === null ? '' : `:${qualifier}`}`;
}

/** The target of examples. */
export function exampleFunction(params: JsonObject = {}): Target {
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: 'arn:aws:lambda:eu-central-1:111122223333:function:app',
    params: { name: 'app', ...params },
  };
}
