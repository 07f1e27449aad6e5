import { expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { publicStatements } from './public-statements.ts';

const all = 'arn:aws:s3:::example/*';
const read = (more: { readonly [key: string]: Json } = {}): Json => ({
  Effect: 'Allow',
  Principal: '*',
  Action: 's3:GetObject',
  Resource: all,
  ...more,
});
const tls: Json = {
  Effect: 'Deny',
  Principal: '*',
  Action: 's3:*',
  Resource: [all, 'arn:aws:s3:::example'],
  Condition: { Bool: { 'aws:SecureTransport': 'false' } },
};
const organisation = { 'aws:PrincipalOrgID': 'o-abcdefghij' };

test.each<[string, Json, number]>([
  ['everybody', read(), 1],
  ['everybody in AWS', read({ Principal: { AWS: '*' } }), 1],
  ['everybody but one', { Effect: 'Allow', NotPrincipal: { AWS: '111122223333' }, Action: 's3:*', Resource: all }, 1],
  ['one account', read({ Principal: { AWS: '111122223333' } }), 0],
  ['CloudFront', read({ Principal: { Service: 'cloudfront.amazonaws.com' } }), 0],
  ['everybody over TLS', [read(), tls], 1],
  ['an organisation', read({ Condition: { StringEquals: organisation } }), 0],
  ['everybody with a referer', read({ Condition: { StringLike: { 'aws:Referer': 'https://example.com/*' } } }), 1],
  ['an endpoint', read({ Condition: { StringEquals: { 'aws:SourceVpce': 'vpce-0123' } } }), 0],
  ['the world by address', read({ Condition: { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '128.0.0.0/1'] } } }), 1],
  [
    'a Deny of outsiders for all',
    [read(), { Effect: 'Deny', Principal: '*', Action: 's3:*', Resource: '*', Condition: { StringNotEquals: organisation } }],
    0,
  ],
  [
    'a Deny of outsiders for another action',
    [read(), { Effect: 'Deny', Principal: '*', Action: 's3:PutObject', Resource: '*', Condition: { StringNotEquals: organisation } }],
    1,
  ],
  [
    'a Deny of outsiders for some objects',
    [
      read(),
      {
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: 'arn:aws:s3:::example/a/*',
        Condition: { StringNotEquals: organisation },
      },
    ],
    1,
  ],
  [
    'two statements, one of them public',
    [read({ Condition: { StringEquals: organisation } }), read({ Action: 's3:ListBucket', Resource: 'arn:aws:s3:::example' })],
    1,
  ],
])('%s', (_name, Statement, open) => {
  expect(publicStatements({ Version: '2012-10-17', Statement })?.open.length).toBe(open);
});

test.each<[Json]>([['x'], [null], [[]], [{}]])('%j is no policy', (document) => {
  expect(publicStatements(document)).toBeNull();
});
