import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';

/** What came, and what is answered; over HTTP as AWS speaks it. */
const came: IncomingMessage[] = [];
let answer: { readonly status: number; readonly type?: string; readonly body: string };
const server = createServer((request, response) => {
  if (request.url === '/') {
    // STS, which is asked who calls.
    response.setHeader('content-type', 'text/xml');
    response.end(
      '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/jobzero</Arn><UserId>AIDAEXAMPLEEXAMPLE01</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
    );
    return;
  }
  came.push(request);
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    ...(answer.type === undefined ? {} : { 'x-amzn-errortype': answer.type }),
  });
  response.end(answer.body);
});
let cloud: ReturnType<typeof openAws>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cloud = openAws({
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
    actAsSelf: true,
    pacer: unpaced,
  });
});
afterAll(async () => {
  await cloud.close();
  await new Promise((resolve) => server.close(resolve));
});
beforeEach(() => {
  came.length = 0;
  answer = { status: 200, body: '{"profile":{"enabled":false,"name":"shop"}}' };
});

const profileId = '0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9';
const call = (action: string, input: { readonly [name: string]: string }, region = 'eu-central-1') =>
  cloud.call({
    account: '111122223333',
    region,
    action: `rolesanywhere:${action}`,
    input,
    role: 'actor',
    session: { policy: {}, name: 'test' },
    approvedBy: [],
  });

test.each([
  ['GetProfile', { profileId }, 'GET', `/profile/${profileId}`],
  ['DisableProfile', { profileId }, 'POST', `/profile/${profileId}/disable`],
  ['EnableProfile', { profileId }, 'POST', `/profile/${profileId}/enable`],
  ['GetTrustAnchor', { trustAnchorId: profileId }, 'GET', `/trustanchor/${profileId}`],
  ['DisableTrustAnchor', { trustAnchorId: profileId }, 'POST', `/trustanchor/${profileId}/disable`],
])('%s goes where AWS expects it, signed for the service and its Region', async (action, input, method, path) => {
  expect(await call(action, input)).toEqual({ profile: { enabled: false, name: 'shop' } });
  const [request] = came;
  expect([request?.method, request?.url]).toEqual([method, path]);
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/\d{8}\/eu-central-1\/rolesanywhere\/aws4_request, SignedHeaders=\S*host\S*, Signature=[0-9a-f]{64}$/,
  );
});

test('where STS was asked before, it is signed for Roles Anywhere too', async () => {
  await call('GetProfile', { profileId }, 'us-east-1');
  expect(came[0]?.headers.authorization).toContain('/us-east-1/rolesanywhere/aws4_request');
});

test.each([
  [
    'what is not there',
    { status: 404, type: 'ResourceNotFoundException:http://internal', body: '{"message":"none"}' },
    'not-found',
    'ResourceNotFoundException',
  ],
  ['what is not permitted', { status: 403, type: 'AccessDeniedException', body: '{"message":"no"}' }, 'denied', 'AccessDeniedException'],
])('%s is told as by the SDK', async (_, answered, kind, code) => {
  answer = answered;
  await expect(call('GetProfile', { profileId })).rejects.toMatchObject({ kind, code });
});

test.each(['', '../trustanchor', `${profileId}/enable`, 'a'.repeat(36)])('"%s" is no id, and nothing is sent', async (odd) => {
  await expect(call('DisableProfile', { profileId: odd })).rejects.toMatchObject({ kind: 'invalid' });
  expect(came).toEqual([]);
});
