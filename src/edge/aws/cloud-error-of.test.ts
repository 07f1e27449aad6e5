import { expect, test } from 'vitest';
import { CloudError } from '../../core/model/errors.ts';
import type { Transport } from './http-request.ts';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };
const iam = (code: string) =>
  `<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error><Type>Sender</Type><Code>${code}</Code><Message>m</Message></Error><RequestId>r</RequestId></ErrorResponse>`;
const ec2 = (code: string) =>
  `<?xml version="1.0"?><Response><Errors><Error><Code>${code}</Code><Message>m</Message></Error></Errors><RequestID>r</RequestID></Response>`;
const s3 = (code: string) => `<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`;
const trail = (code: string) => JSON.stringify({ __type: code, message: 'm' });
const identity =
  '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/reader</Arn><UserId>AIDA</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>';

/** Answers who we are, and everything else with this. */
const answering = (status: number, body: string, type = 'text/xml'): Transport & { asked: number } => ({
  asked: 0,
  async handle(request) {
    const who = typeof request.body === 'string' && request.body.includes('GetCallerIdentity');
    if (!who) this.asked++;
    return {
      response: {
        statusCode: who ? 200 : status,
        headers: { 'content-type': who ? 'text/xml' : type },
        body: Buffer.from(who ? identity : body),
      },
    };
  },
});

async function failure(action: string, transport: Transport, endpointUrl?: string, maxAttempts = 1): Promise<CloudError> {
  const cloud = openAws({ credentials, pacer: unpaced, transport, maxAttempts, ...(endpointUrl === undefined ? {} : { endpointUrl }) });
  const input = action.startsWith('s3:') ? { Bucket: 'example' } : {};
  const error: unknown = await cloud
    .call({ account: '111122223333', region: 'us-east-1', action, input, role: 'reader' })
    .catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CloudError);
  return error as CloudError;
}

test.each([
  ['iam:ListUsers', 403, iam('AccessDenied'), 'denied', 'AccessDenied'],
  ['iam:ListUsers', 403, iam('InvalidClientTokenId'), 'denied', 'InvalidClientTokenId'],
  ['iam:ListUsers', 400, iam('Throttling'), 'throttled', 'Throttling'],
  ['iam:ListUsers', 404, iam('NoSuchEntity'), 'not-found', 'NoSuchEntity'],
  ['iam:ListUsers', 409, iam('LimitExceeded'), 'quota', 'LimitExceeded'],
  ['iam:ListUsers', 409, iam('EntityAlreadyExists'), 'conflict', 'EntityAlreadyExists'],
  ['iam:ListUsers', 500, iam('ServiceFailure'), 'unavailable', 'ServiceFailure'],
  ['iam:ListUsers', 400, iam('ValidationError'), 'invalid', 'ValidationError'],
  ['ec2:DescribeInstances', 403, ec2('UnauthorizedOperation'), 'denied', 'UnauthorizedOperation'],
  ['ec2:DescribeInstances', 503, ec2('RequestLimitExceeded'), 'throttled', 'RequestLimitExceeded'],
  ['ec2:DescribeInstances', 400, ec2('InvalidGroup.NotFound'), 'not-found', 'InvalidGroup.NotFound'],
  ['ec2:DescribeInstances', 400, ec2('InvalidPermission.Duplicate'), 'conflict', 'InvalidPermission.Duplicate'],
  ['ec2:DescribeInstances', 400, ec2('RulesPerSecurityGroupLimitExceeded'), 'quota', 'RulesPerSecurityGroupLimitExceeded'],
  ['ec2:DescribeInstances', 400, ec2('InvalidParameterValue'), 'invalid', 'InvalidParameterValue'],
  ['s3:GetBucketPolicy', 403, s3('AccessDenied'), 'denied', 'AccessDenied'],
  ['s3:GetBucketPolicy', 404, s3('NoSuchBucketPolicy'), 'not-found', 'NoSuchBucketPolicy'],
  ['s3:GetBucketPolicy', 503, s3('SlowDown'), 'throttled', 'SlowDown'],
  [
    's3:GetEncryptionConfiguration',
    404,
    s3('ServerSideEncryptionConfigurationNotFoundError'),
    'not-found',
    'ServerSideEncryptionConfigurationNotFoundError',
  ],
  [
    'securityhub:DescribeHub',
    401,
    JSON.stringify({ __type: 'InvalidAccessException', Message: 'Account 111122223333 is not subscribed to AWS Security Hub' }),
    'not-found',
    'InvalidAccessException',
  ],
  ['securityhub:DescribeHub', 401, trail('InvalidAccessException'), 'denied', 'InvalidAccessException'],
  ['cloudtrail:DescribeTrails', 400, trail('AccessDeniedException'), 'denied', 'AccessDeniedException'],
  ['cloudtrail:DescribeTrails', 400, trail('TrailNotFoundException'), 'not-found', 'TrailNotFoundException'],
  ['cloudtrail:DescribeTrails', 400, trail('ThrottlingException'), 'throttled', 'ThrottlingException'],
  ['cloudtrail:DescribeTrails', 400, trail('UnsupportedOperationException'), 'unsupported', 'UnsupportedOperationException'],
  ['organizations:ListAccounts', 400, trail('AWSOrganizationsNotInUseException'), 'not-found', 'AWSOrganizationsNotInUseException'],
] as const)('%s, HTTP %d: %s', async (action, status, body, kind, code) => {
  expect(await failure(action, answering(status, body, body.startsWith('{') ? 'application/x-amz-json-1.1' : 'text/xml'))).toMatchObject({
    kind,
    code,
    action,
  });
});

const html = '<!doctype html><html><title>500 Internal Server Error</title><p>oops</html>';

test.each(['iam:ListUsers', 'ec2:DescribeInstances', 's3:GetBucketPolicy', 'cloudtrail:DescribeTrails'])(
  '%s: HTML from an emulator is not repeated',
  async (action) => {
    const transport = answering(500, html, 'text/html; charset=utf-8');
    expect(await failure(action, transport, 'http://127.0.0.1:1', 4)).toMatchObject({ kind: 'unavailable', code: 'NotImplementedHere' });
    expect(transport.asked).toBe(1);
  },
);

test('HTML from AWS, or a proxy before it, is repeated', async () => {
  const transport = answering(503, html, 'text/html');
  expect(await failure('iam:ListUsers', transport, undefined, 2)).toMatchObject({ kind: 'unavailable' });
  expect(transport.asked).toBe(2);
});

test('a host that cannot be reached is unavailable', async () => {
  const cloud = openAws({ credentials, pacer: unpaced, endpointUrl: 'http://127.0.0.1:9' });
  await expect(
    cloud.call({ account: '111122223333', region: 'us-east-1', action: 'iam:ListUsers', input: {}, role: 'reader' }),
  ).rejects.toMatchObject({
    kind: 'unavailable',
    code: 'ECONNREFUSED',
  });
});

test('input that the SDK cannot send is invalid', async () => {
  const cloud = openAws({ credentials, pacer: unpaced, transport: answering(200, '') });
  await expect(
    cloud.call({ account: '111122223333', region: 'us-east-1', action: 's3:GetBucketPolicy', input: {}, role: 'reader' }),
  ).rejects.toMatchObject({ kind: 'invalid', code: 'InvalidInput' });
});

test('without a role to act in, nothing is done', async () => {
  const transport = answering(200, '');
  const cloud = openAws({ credentials, pacer: unpaced, transport });
  const call = { account: '111122223333', region: 'us-east-1', action: 'iam:DeleteUserPolicy', input: { UserName: 'a', PolicyName: 'b' } };
  for (const role of ['actor', 'undoer'] as const)
    await expect(cloud.call({ ...call, role })).rejects.toMatchObject({ kind: 'denied', code: 'RoleNotConfigured' });
  await expect(cloud.call({ ...call, account: '444455556666', action: 'iam:ListUsers', role: 'reader' })).rejects.toMatchObject({
    code: 'RoleNotConfigured',
  });
  expect(transport.asked).toBe(0);
});

test('a list whose pages repeat ends with an error', async () => {
  const page =
    '<ListUsersResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><ListUsersResult><Users/><IsTruncated>true</IsTruncated><Marker>again</Marker></ListUsersResult></ListUsersResponse>';
  expect(await failure('iam:ListUsers', answering(200, page))).toMatchObject({ kind: 'unavailable', code: 'EndlessList' });
});
