import { CloudError } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Caller } from './caller.ts';
import type { Dice } from './dice.ts';
import { iso, lowerKeys, type Operation, type OperationContext } from './operation.ts';

/** Where a request comes from. */
export interface Origin {
  readonly ip: string;
  readonly userAgent: string;
}

/**
 * One record as CloudTrail writes it, version 1.11.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
 */
export function cloudTrailRecord(
  operation: Operation,
  context: OperationContext,
  caller: Caller,
  origin: Origin,
  output: JsonObject | null,
  error: CloudError | null,
  dice: Dice,
): JsonObject {
  const isS3 = operation.source === 's3.amazonaws.com';
  const byService = caller.service !== null;
  const resources = orNull(() => operation.resources?.(context)) ?? [];
  return {
    eventVersion: '1.11',
    userIdentity: caller.identity,
    eventTime: iso(context.now).replace('.000Z', 'Z'),
    eventSource: operation.source,
    eventName: operation.event,
    awsRegion: context.region,
    sourceIPAddress: byService ? caller.service : origin.ip,
    userAgent: byService ? caller.service : isS3 ? `[${origin.userAgent}]` : origin.userAgent,
    ...(error === null ? {} : { errorCode: errorCode(operation, error), errorMessage: error.message }),
    requestParameters: requestParameters(operation, context, error),
    responseElements: output === null ? null : responseElements(operation, context, output),
    ...(isS3 || operation.additional !== undefined
      ? { additionalEventData: { ...(isS3 ? s3Data(dice) : {}), ...operation.additional?.(context) } }
      : {}),
    requestID: isS3 ? dice.id('', 16) : dice.uuid(),
    eventID: dice.uuid(),
    readOnly: operation.readOnly,
    ...(resources.length === 0 ? {} : { resources: resources.map(({ type, arn }) => ({ accountId: context.account.id, type, ARN: arn })) }),
    eventType: operation.eventType ?? 'AwsApiCall',
    managementEvent: operation.data !== true,
    recipientAccountId: context.account.id,
    eventCategory: operation.data === true ? 'Data' : 'Management',
    ...(byService
      ? {}
      : {
          tlsDetails: { tlsVersion: 'TLSv1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', clientProvidedHostHeader: host(operation, context) },
        }),
  };
}

/** Codes as the log writes them: EC2's with `Client.`, the query services' as the exception's name, refusals all alike. */
function errorCode(operation: Operation, error: CloudError): string {
  if (operation.source === 'ec2.amazonaws.com' && !/^(Client|Server)\./.test(error.code)) return `Client.${error.code}`;
  if (error.code === 'AccessDeniedException') return 'AccessDenied';
  if (operation.source === 'iam.amazonaws.com' && error.code !== 'AccessDenied' && !error.code.endsWith('Exception'))
    return `${error.code}Exception`;
  return error.code;
}

function requestParameters(operation: Operation, context: OperationContext, error: CloudError | null): Json {
  const query = operation.source === 'iam.amazonaws.com' || operation.source === 'sts.amazonaws.com';
  if (error?.kind === 'denied' && query) return null;
  const { request } = operation;
  const parameters = request === undefined ? lowerKeys(context.input) : orNull(() => request(context));
  return typeof parameters === 'object' && parameters !== null && Object.keys(parameters).length === 0 ? null : parameters;
}

/** A call that lacked what it needed has nothing to say either. */
function orNull<T>(make: () => T): T | null {
  try {
    return make();
  } catch (error) {
    if (error instanceof CloudError) return null;
    throw error;
  }
}

function responseElements(operation: Operation, context: OperationContext, output: JsonObject): Json {
  if (operation.response !== undefined) return operation.response(output, context);
  return operation.readOnly || Object.keys(output).length === 0 ? null : lowerKeys(output);
}

function s3Data(dice: Dice): JsonObject {
  return {
    SignatureVersion: 'SigV4',
    CipherSuite: 'TLS_AES_128_GCM_SHA256',
    bytesTransferredIn: dice.int(2000),
    AuthenticationMethod: 'AuthHeader',
    'x-amz-id-2': `${dice.mixed(75)}=`,
    bytesTransferredOut: dice.int(4000),
  };
}

function host(operation: Operation, context: OperationContext): string {
  const bucket = context.input['Bucket'];
  if (operation.source === 's3.amazonaws.com' && typeof bucket === 'string') return `${bucket}.s3.${context.region}.amazonaws.com`;
  const service = operation.source.split('.')[0] ?? '';
  return operation.global ? `${service}.amazonaws.com` : `${service}.${context.region}.amazonaws.com`;
}
