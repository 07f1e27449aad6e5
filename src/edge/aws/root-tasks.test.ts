import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';

const management = '111122223333';
const member = '444455556666';
const task = (name: string) => `arn:aws:iam::aws:policy/root-task/${name}`;

/** What came: the fields of each call, and the access key that signed it, with its service. */
let came: { readonly signedBy: string; readonly fields: Readonly<Record<string, string>> }[] = [];

const keysOf: { readonly [action: string]: string } = { AssumeRole: 'ASIAACTOREXAMPLE0001', AssumeRoot: 'ASIAROOTEXAMPLE00001' };
const credentials = (action: string) =>
  `<Credentials><AccessKeyId>${keysOf[action]}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>`;
const results: { readonly [action: string]: string } = {
  GetCallerIdentity: `<Arn>arn:aws:iam::${management}:user/jobzero</Arn><UserId>AIDAEXAMPLEEXAMPLE01</UserId><Account>${management}</Account>`,
  AssumeRole: credentials('AssumeRole'),
  AssumeRoot: credentials('AssumeRoot'),
  ListAccessKeys:
    '<IsTruncated>false</IsTruncated><AccessKeyMetadata><member><AccessKeyId>AKIAIOSFODNN7EXAMPLE</AccessKeyId><Status>Active</Status></member></AccessKeyMetadata>',
};

/** STS and IAM over HTTP, as AWS speaks them. */
const server = createServer((request, response) => {
  let text = '';
  request.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  request.on('end', () => {
    const fields = Object.fromEntries(new URLSearchParams(text));
    const [, key = '', service = ''] = /Credential=(\w+)\/\d+\/us-east-1\/(\w+)\//.exec(String(request.headers.authorization)) ?? [];
    came.push({ signedBy: `${key} ${service}`, fields });
    const action = fields['Action'] ?? '';
    response.setHeader('content-type', 'text/xml');
    response.end(`<${action}Response><${action}Result>${results[action] ?? ''}</${action}Result></${action}Response>`);
  });
});
let cloud: ReturnType<typeof openAws>;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
beforeEach(() => {
  came = [];
  cloud = openAws({
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE', secretAccessKey: 'example' },
    roles: { reader: 'jobzero/reader', actor: 'jobzero/actor', undoer: 'jobzero/undoer' },
    pacer: unpaced,
  });
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

const call = (action: string, input: { readonly [name: string]: string }, approvedBy: readonly string[] = []) =>
  cloud.call({
    account: management,
    region: 'us-east-1',
    action: `root-task:${action}`,
    input,
    role: 'actor',
    session: { policy: {}, name: 'test' },
    approvedBy,
  });
const told = () => came.map(({ signedBy, fields }) => [signedBy, fields['Action']]);

test('the role that acts becomes root of the member for this task and 15 minutes, and root makes the call', async () => {
  expect(await call('ListAccessKeys', { Member: member })).toMatchObject({ AccessKeyMetadata: [{ AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }] });
  expect(told()).toEqual([
    ['AKIAI44QH8DHBEXAMPLE sts', 'GetCallerIdentity'],
    ['AKIAI44QH8DHBEXAMPLE sts', 'AssumeRole'],
    ['ASIAACTOREXAMPLE0001 sts', 'AssumeRoot'],
    ['ASIAROOTEXAMPLE00001 iam', 'ListAccessKeys'],
  ]);
  expect(came[2]?.fields).toMatchObject({
    TargetPrincipal: member,
    'TaskPolicyArn.arn': task('IAMAuditRootUserCredentials'),
    DurationSeconds: '900',
  });
  await call('ListAccessKeys', { Member: member });
  expect(told().slice(4)).toEqual([['ASIAROOTEXAMPLE00001 iam', 'ListAccessKeys']]);
});

test('what removes is another task, and names nobody else', async () => {
  await call('ListAccessKeys', { Member: member });
  await call('DeleteAccessKey', { Member: member, UserName: 'alice', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' }, ['alice', 'bob']);
  expect(came.at(-2)?.fields).toMatchObject({ Action: 'AssumeRoot', 'TaskPolicyArn.arn': task('IAMDeleteRootUserCredentials') });
  expect(came.at(-1)?.fields).toEqual({ Action: 'DeleteAccessKey', Version: '2010-05-08', AccessKeyId: 'AKIAIOSFODNN7EXAMPLE' });
});

test.each([
  ['one person alone', 'DeleteLoginProfile', { Member: member }, ['alice', 'alice'], 'TwoPersonsNeeded'],
  ['a task that none of ours is', 'CreateLoginProfile', { Member: member, Password: 'x' }, ['alice', 'bob'], 'UnsupportedAction'],
  ['no member', 'DeleteLoginProfile', {}, ['alice', 'bob'], 'InvalidInput'],
  ['something else than an account', 'DeleteLoginProfile', { Member: `arn:aws:iam::${member}:root` }, ['alice', 'bob'], 'InvalidInput'],
])('with %s nobody becomes root', async (_, action, input, persons, code) => {
  await expect(call(action, input, persons)).rejects.toMatchObject({ code });
  expect(told().map(([, one]) => one)).not.toContain('AssumeRoot');
});
