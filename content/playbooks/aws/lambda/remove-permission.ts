import { asObject, textAt } from '../../../../src/core/lib/json-at.ts';
import { functionInput, functionPattern, functionUids, functionWords } from '../../../../src/core/lib/plans/function.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { oneByOne } from '../../../../src/core/lib/plans/one-by-one.ts';
import { parsed, statementsOf } from '../../../../src/core/lib/plans/policy-statements.ts';
import type { Json, JsonObject } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const statementOf = ({ params }: Target) => String(params['statement']);

/** https://docs.aws.amazon.com/lambda/latest/api/API_RemovePermission.html */
export const removePermission: Playbook = {
  id: 'aws.lambda.remove-permission',
  version: 1,
  title: 'Take a permission off a function that somebody added',
  why: 'Whoever may invoke the function from another account, or from nowhere, runs it with the rights of its role: a way back that needs no key here. The one statement goes; other callers stay.',
  handles: ['aws.lambda.function-opened-to-foreign-account'],
  approval: 'none',
  risks: ['legitimate-use', 'workload'],
  asks: (target) => `Take the permission ${statementOf(target)} off ${functionWords(target)}`,
  blastRadius: (target) =>
    `Whom the statement ${statementOf(target)} lets in can call ${functionWords(target)} no more: partners and web hooks among them.`,
  inverse: (target) =>
    `The statement ${statementOf(target)} is in the policy of ${functionWords(target)} again, for the same principal under the same conditions.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'lambda',
      resource: functionPattern,
      uids: functionUids,
      params: (evidence) => {
        const [statement, ...more] = keptTexts(evidence, 'statementId', /^[A-Za-z0-9_-]{1,100}$/);
        const [qualifier, ...others] = keptTexts(evidence, 'qualifier', /^[$A-Za-z0-9_-]{1,128}$/);
        if (statement === undefined || more.length + others.length > 0) return null;
        return { statement, ...(qualifier === undefined ? {} : { qualifier }) };
      },
    }),
  partial: true,
  requires: (target) => [
    {
      name: 'The statement can be put back',
      on: [target.uid, `${target.uid}:*`],
      read: { action: 'lambda:GetPolicy', input: functionInput(target), keep: 'before' },
      expect: (answer) => itemsIn(answer, target).every((one) => addInput(one) !== null),
      says: `The statement ${statementOf(target)} says more than a permission can be added with, so that it could not be put back: a person has to remove it.`,
    },
  ],
  plan: (target) => {
    const input = { ...functionInput(target), StatementId: statementOf(target) };
    return oneByOne({
      name: 'Remove the statement',
      on: [target.uid, `${target.uid}:*`],
      read: { action: 'lambda:GetPolicy', input: functionInput(target) },
      items: (answer) => itemsIn(answer, target),
      remove: { action: 'lambda:RemovePermission', input, for: () => ({}) },
      bringBack: (item) => [
        // Where somebody else has made a statement of that name meanwhile, and undo is told to overwrite it.
        { action: 'lambda:RemovePermission', input },
        { action: 'lambda:AddPermission', input: { ...input, ...addInput(item) } },
      ],
      says: 'the policy of the function has no such statement',
      most: 1,
    });
  },
  undoes: ['lambda:AddPermission', 'lambda:RemovePermission'],
  examples: [
    {
      name: 'one statement',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:lambda:eu-central-1:111122223333:function:app',
        params: { name: 'app', statement: 'partner' },
      },
      does: ['lambda:RemovePermission'],
    },
  ],
};

function itemsIn(answer: Json, target: Target): readonly JsonObject[] {
  const statements = statementsOf(parsed(textAt(answer, 'Policy'))).flatMap((one): readonly JsonObject[] => [asObject(one) ?? {}]);
  return statements.filter((one) => one['Sid'] === statementOf(target));
}

/** How each condition that AddPermission writes is given to it: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
const conditions: { readonly [key: string]: string } = {
  'aws:principalorgid': 'PrincipalOrgID',
  'aws:sourceaccount': 'SourceAccount',
  'aws:sourcearn': 'SourceArn',
  'lambda:eventsourcetoken': 'EventSourceToken',
  'lambda:functionurlauthtype': 'FunctionUrlAuthType',
  'lambda:invokedviafunctionurl': 'InvokedViaFunctionUrl',
};

/** The input that adds a statement; null where it says something that no input can. */
function addInput(statement: JsonObject): JsonObject | null {
  const principal = principalOf(statement['Principal']);
  const action = textAt(statement, 'Action');
  if (principal === null || action === null || statement['Effect'] !== 'Allow') return null;
  const input: Record<string, Json> = { Action: action, Principal: principal };
  for (const keys of Object.values(asObject(statement['Condition']) ?? {})) {
    for (const [key, value] of Object.entries(asObject(keys) ?? {})) {
      const name = conditions[key.toLowerCase()];
      if (name === undefined || typeof value !== 'string') return null;
      input[name] = name === 'InvokedViaFunctionUrl' ? value === 'true' : value;
    }
  }
  return input;
}

/** A request names an account, an ARN, a service or `*`; the policy the root of an account. */
function principalOf(principal: Json | undefined): string | null {
  const named = textAt(principal, 'AWS') ?? textAt(principal, 'Service') ?? (typeof principal === 'string' ? principal : null);
  return named === null ? null : (/^arn:[a-z-]+:iam::(\d{12}):root$/.exec(named)?.[1] ?? named);
}
