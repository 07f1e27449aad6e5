import type { CampaignRecord } from '../../core/model/campaign.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import { fault, lowerKeys, type Operation } from '../operation.ts';

/** Where IAM's prefix is not the name in `eventSource`. */
const sources: { readonly [prefix: string]: string } = {
  cloudwatch: 'monitoring.amazonaws.com',
  states: 'states.amazonaws.com',
  'aws-marketplace': 'aws-marketplace.amazonaws.com',
  elasticfilesystem: 'elasticfilesystem.amazonaws.com',
  identitystore: 'identitystore.amazonaws.com',
  tag: 'tagging.amazonaws.com',
  'sso-directory': 'sso-directory.amazonaws.com',
  elasticmapreduce: 'elasticmapreduce.amazonaws.com',
  'execute-api': 'apigateway.amazonaws.com',
  ssmmessages: 'ssmmessages.amazonaws.com',
};

/** Lambda's events carry the version of the API in their names. */
const eventNames: { readonly [action: string]: string } = {
  'lambda:UpdateFunctionCode': 'UpdateFunctionCode20150331v2',
  'lambda:UpdateFunctionConfiguration': 'UpdateFunctionConfiguration20150331v2',
  'lambda:CreateFunction': 'CreateFunction20150331',
  'lambda:AddPermission': 'AddPermission20150331v2',
  'lambda:TagResource': 'TagResource20170331v2',
};

/** `eventSource` of a service by IAM's prefix. */
export function sourceOf(prefix: string): string {
  return (Object.hasOwn(sources, prefix) ? sources[prefix] : undefined) ?? `${prefix}.amazonaws.com`;
}

/** The name in the record of a call that IAM names so. */
export function eventOf(action: string): string {
  return (Object.hasOwn(eventNames, action) ? eventNames[action] : undefined) ?? action.slice(action.indexOf(':') + 1);
}

const reads = /^(Get|List|Describe|Lookup|BatchGet|Head|Search|Select|Decrypt$|GenerateDataKey)/;

/** Services whose events are recorded in us-east-1 wherever they are called from. */
const globalServices = new Set([
  'iam',
  'route53',
  'organizations',
  'cloudfront',
  'account',
  'support',
  'globalaccelerator',
  'waf',
  'health',
]);

/**
 * An operation of a service whose state is not simulated: it is authorised, leaves its record, and answers nothing or
 * what `record` says. Any `service:Action` is taken.
 */
export function recordedOnly(action: string, record?: CampaignRecord): Operation | null {
  const [prefix = '', name = ''] = action.split(':');
  if (!/^[a-z0-9-]+$/.test(prefix) || !/^[A-Z][A-Za-z0-9]*$/.test(name)) return null;
  const { resource } = record ?? {};
  return {
    source: record?.source ?? sourceOf(prefix),
    event: record?.name ?? eventOf(action),
    readOnly: record?.readOnly ?? reads.test(name),
    ...(globalServices.has(prefix) ? { global: true } : {}),
    ...(record?.data === true ? { data: true } : {}),
    ...(record === undefined ? {} : { eventType: record.eventType }),
    ...(resource === undefined
      ? {}
      : {
          on: () => [resource],
          ...(record?.resourceType === undefined ? {} : { resources: () => [{ type: record.resourceType ?? '', arn: resource }] }),
        }),
    run: (context) => {
      if (record?.errorCode !== undefined) throw fault(context, record.errorCode, record.errorMessage ?? record.errorCode);
      return record?.responseElements ?? {};
    },
    request: ({ input }): Json => {
      if (record?.requestParameters !== undefined) return record.requestParameters;
      return Object.keys(input).length === 0 ? null : (lowerKeys(input) as JsonObject);
    },
    response: () => record?.responseElements ?? null,
    ...(record?.additionalEventData == null ? {} : { additional: () => record.additionalEventData ?? {} }),
  };
}
