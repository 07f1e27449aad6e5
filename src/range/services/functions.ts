import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, optionalText, text } from '../operation.ts';
import { arnIn, gets, type Kind, makes, sets, settings, without } from '../settings.ts';

type Context = OperationContext;

const named = (context: Context) =>
  optionalText(context, 'FunctionName')
    ?.replace(/^.*:function:/, '')
    .split(':')[0] ?? null;
const fn: Kind = {
  service: 'lambda',
  kind: 'function',
  id: named,
  arn: arnIn('lambda', (id) => `function:${id}`),
  missing: 'ResourceNotFoundException',
};
/** Conditions that a permission is added with: https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html */
const conditions: readonly (readonly [input: string, operator: string, key: string])[] = [
  ['PrincipalOrgID', 'StringEquals', 'aws:PrincipalOrgID'],
  ['SourceAccount', 'StringEquals', 'AWS:SourceAccount'],
  ['SourceArn', 'ArnLike', 'AWS:SourceArn'],
  ['FunctionUrlAuthType', 'StringEquals', 'lambda:FunctionUrlAuthType'],
];

/** Functions: their policies, URLs and concurrency. Code is not run. */
export const functions: OperationTable = settings(fn, {
  CreateFunction: makes(({ input }, id) => ({ FunctionName: id, Role: input['Role'] ?? '', statements: [] })),
  GetPolicy: gets(({ statements }, context) => {
    if (objects(statements).length === 0) throw fault(context, 'ResourceNotFoundException', 'The resource you requested does not exist.');
    return { Policy: JSON.stringify({ Version: '2012-10-17', Id: 'default', Statement: statements }) };
  }),
  AddPermission: sets(
    (item, context) => {
      const Sid = text(context, 'StatementId');
      if (objects(item['statements']).some((one) => one['Sid'] === Sid))
        throw fault(context, 'ResourceConflictException', `The statement id (${Sid}) provided already exists.`);
      return { ...item, statements: [...objects(item['statements']), statementOf(context, Sid)] };
    },
    (item) => ({ Statement: JSON.stringify(objects(item['statements']).at(-1) ?? {}) }),
  ),
  RemovePermission: sets((item, context) => {
    const Sid = text(context, 'StatementId');
    if (!objects(item['statements']).some((one) => one['Sid'] === Sid))
      throw fault(context, 'ResourceNotFoundException', `Statement ${Sid} is not found in resource policy.`);
    return { ...item, statements: objects(item['statements']).filter((one) => one['Sid'] !== Sid) };
  }),
  CreateFunctionUrlConfig: sets((item, context) => ({ ...item, AuthType: text(context, 'AuthType') })),
  GetFunctionUrlConfig: gets((item, context) => {
    if (item['AuthType'] === undefined) throw fault(context, 'ResourceNotFoundException', 'The function has no URL.');
    return { AuthType: item['AuthType'], FunctionArn: fn.arn(context, String(item['FunctionName'])) };
  }),
  UpdateFunctionUrlConfig: sets((item, context) => ({ ...item, AuthType: text(context, 'AuthType') })),
  ListProvisionedConcurrencyConfigs: gets((item) => ({ ProvisionedConcurrencyConfigs: item['provisioned'] ?? [] })),
  PutProvisionedConcurrencyConfig: sets((item, { input }) => ({
    ...item,
    provisioned: [{ RequestedProvisionedConcurrentExecutions: input['ProvisionedConcurrentExecutions'] ?? 1 }],
  })),
  GetFunctionConcurrency: gets(
    ({ ReservedConcurrentExecutions: reserved }): JsonObject => (reserved === undefined ? {} : { ReservedConcurrentExecutions: reserved }),
  ),
  PutFunctionConcurrency: sets((item, { input }) => ({
    ...item,
    ReservedConcurrentExecutions: input['ReservedConcurrentExecutions'] ?? 0,
  })),
  DeleteFunctionConcurrency: sets((item) => without(item, 'ReservedConcurrentExecutions')),
});

function statementOf(context: Context, Sid: string): JsonObject {
  const principal = text(context, 'Principal');
  const Condition: Record<string, JsonObject> = {};
  for (const [name, operator, key] of conditions) {
    const value = optionalText(context, name);
    if (value !== null) Condition[operator] = { ...Condition[operator], [key]: value };
  }
  return {
    Sid,
    Effect: 'Allow',
    Principal: principal === '*' ? '*' : /^\d{12}$/.test(principal) ? { AWS: `arn:aws:iam::${principal}:root` } : { Service: principal },
    Action: text(context, 'Action'),
    Resource: fn.arn(context, named(context) ?? ''),
    ...(Object.keys(Condition).length === 0 ? {} : { Condition }),
  };
}
