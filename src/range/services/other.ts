import type { JsonObject } from '../../core/model/json.ts';
import { lowerKeys, type Operation } from '../operation.ts';

/** Services whose state is not simulated: their calls are authorised and recorded, and answer nothing. */
const sources: { readonly [prefix: string]: string } = {
  dynamodb: 'dynamodb.amazonaws.com',
  ecr: 'ecr.amazonaws.com',
  ecs: 'ecs.amazonaws.com',
  ec2: 'ec2.amazonaws.com',
  health: 'health.amazonaws.com',
  iam: 'iam.amazonaws.com',
  kms: 'kms.amazonaws.com',
  lambda: 'lambda.amazonaws.com',
  logs: 'logs.amazonaws.com',
  monitoring: 'monitoring.amazonaws.com',
  organizations: 'organizations.amazonaws.com',
  rds: 'rds.amazonaws.com',
  route53: 'route53.amazonaws.com',
  secretsmanager: 'secretsmanager.amazonaws.com',
  ses: 'ses.amazonaws.com',
  sqs: 'sqs.amazonaws.com',
  ssm: 'ssm.amazonaws.com',
  s3: 's3.amazonaws.com',
  cloudtrail: 'cloudtrail.amazonaws.com',
  guardduty: 'guardduty.amazonaws.com',
};

/** Lambda's events carry the version of the API in their names. */
const eventNames: { readonly [action: string]: string } = {
  'lambda:UpdateFunctionCode': 'UpdateFunctionCode20150331v2',
  'lambda:UpdateFunctionConfiguration': 'UpdateFunctionConfiguration20150331v2',
  'lambda:CreateFunction': 'CreateFunction20150331',
  'lambda:AddPermission': 'AddPermission20150331v2',
  'lambda:TagResource': 'TagResource20170331v2',
};

const reads = /^(Get|List|Describe|Lookup|BatchGet|Head|Search|Select|Decrypt$|GenerateDataKey)/;

/** An operation that only leaves its record, or null when the service is unknown. */
export function recordedOnly(action: string): Operation | null {
  const [prefix = '', name = ''] = action.split(':');
  const source = Object.hasOwn(sources, prefix) ? sources[prefix] : undefined;
  if (source === undefined || !/^[A-Z][A-Za-z0-9]*$/.test(name)) return null;
  return {
    source,
    event: eventNames[action] ?? name,
    readOnly: reads.test(name),
    ...(prefix === 'iam' || prefix === 'route53' || prefix === 'organizations' ? { global: true } : {}),
    run: () => ({}),
    request: ({ input }) => (Object.keys(input).length === 0 ? null : (lowerKeys(input) as JsonObject)),
    response: () => null,
  };
}
