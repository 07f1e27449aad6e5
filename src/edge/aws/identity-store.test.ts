import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';

const account = '111122223333';
const IdentityStoreId = 'd-1234567890';

/** What came, with its body; and what is answered. Over HTTP as AWS speaks it. */
let came: { readonly headers: { readonly [name: string]: unknown }; readonly body: string }[] = [];
let answers: { readonly status: number; readonly body: object }[] = [];
const server = createServer((request, response) => {
  let body = '';
  request.on('data', (chunk: Buffer) => {
    body += chunk.toString();
  });
  request.on('end', () => {
    if (body.includes('GetCallerIdentity')) {
      response.setHeader('content-type', 'text/xml');
      response.end(
        `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::${account}:user/jobzero</Arn><UserId>AIDAEXAMPLEEXAMPLE01</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
      );
      return;
    }
    came.push({ headers: request.headers, body });
    const answer = answers.shift() ?? { status: 200, body: {} };
    response.writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(answer.body));
  });
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
  came = [];
  answers = [];
});

const call = (action: string, input: { readonly [name: string]: string | { readonly UserId: string } }) =>
  cloud.call({
    account,
    region: 'us-east-1',
    action: `identitystore:${action}`,
    input: { IdentityStoreId, ...input },
    role: 'actor',
    session: { policy: {}, name: 'test' },
  });

test('a call is JSON to its target, signed for the service with its body, and lists are followed to their end', async () => {
  answers = [
    { status: 200, body: { GroupMemberships: [{ GroupId: 'Größe' }], NextToken: 'more' } },
    { status: 200, body: { GroupMemberships: [{ GroupId: 'b' }] } },
  ];
  const MemberId = { UserId: 'ü' };
  expect(await call('ListGroupMembershipsForMember', { MemberId })).toEqual({ GroupMemberships: [{ GroupId: 'Größe' }, { GroupId: 'b' }] });
  expect(came.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
    { IdentityStoreId, MemberId },
    { IdentityStoreId, MemberId, NextToken: 'more' },
  ]);
  expect(came[0]?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.1',
    'x-amz-target': 'AWSIdentityStore.ListGroupMembershipsForMember',
    'content-length': String(Buffer.byteLength(came[0]?.body ?? '')),
    authorization: expect.stringMatching(/\/us-east-1\/identitystore\/aws4_request, SignedHeaders=\S*x-amz-target/),
  });
});

test.each([
  ['what is not there', 400, 'com.amazonaws.identitystore#ResourceNotFoundException', 'not-found', 'ResourceNotFoundException'],
  ['what is so already', 400, 'ConflictException:http://internal', 'conflict', 'ConflictException'],
  ['what is not permitted', 400, 'AccessDeniedException', 'denied', 'AccessDeniedException'],
  ['too many calls', 400, 'ThrottlingException', 'throttled', 'ThrottlingException'],
])('%s is told as by the SDK', async (_, status, __type, kind, code) => {
  answers = [{ status, body: { __type, Message: 'no' } }];
  await expect(call('DescribeGroup', { GroupId: 'a' })).rejects.toMatchObject({ kind, code });
});
