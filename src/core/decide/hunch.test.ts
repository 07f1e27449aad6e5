import { describe, expect, test } from 'vitest';
import { findingUnderTest } from '../lib/finding-under-test.ts';
import { isAbout, questionsAbout, readHunch } from './hunch.ts';

const account = '111122223333';
const key = 'AKIAIOSFODNN7EXAMPLE';

test.each([
  [`arn:aws:iam::${account}:user/alice`, 'arn'],
  ['arn:aws:s3:::example-bucket', 'arn'],
  [key, 'key'],
  [' 198.51.100.7 ', 'address'],
  ['2001:DB8::1', 'address'],
  ['alice', null],
  ['256.1.1.1', null],
  ['', null],
  ['arn:aws:iam', null],
  ["198.51.100.7' or 1=1", null],
  [`arn:aws:iam::${account}:user/a\u0007b`, null],
])('%s', (text, kind) => {
  expect(readHunch(text)?.kind ?? null).toBe(kind);
});

describe('what has to do with it', () => {
  const session = `arn:aws:sts::${account}:assumed-role/deployer/s1`;
  const role = `arn:aws:iam::${account}:role/deployer`;
  const actor = {
    type: 'AssumedRole',
    uid: session,
    issuer: role,
    name: 's1',
    accessKeyId: 'ASIAIOSFODNN7EXAMPLE',
    principalId: 'AROAIOSFODNN7EXAMPLE:s1',
  };
  const resource = { uid: 'arn:aws:s3:::example', type: 'AWS::S3::Bucket', name: 'example', account, region: 'us-east-1' };
  const finding = findingUnderTest({
    account,
    actor,
    evidence: [
      {
        key: 'k',
        id: 'e',
        time: 0,
        rule: 'r',
        operation: 'O',
        service: 's',
        account,
        region: 'us-east-1',
        ip: '198.51.100.7',
        resource,
        kept: { accessKeyId: key },
      },
    ],
  });
  test.each([
    [session, true],
    [role, true],
    ['arn:aws:s3:::example', true],
    ['arn:aws:s3:::exampl', false],
    ['ASIAIOSFODNN7EXAMPLE', true],
    ['AROAIOSFODNN7EXAMPLE', true],
    [key, true],
    ['AKIAI44QH8DHBEXAMPLE', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
  ])('%s: %s', (text, yes) => {
    const hunch = readHunch(text);
    expect(hunch === null ? null : isAbout(finding, hunch)).toBe(yes);
  });
});

test('questions that can be asked about it have what it is in their place, and others are left out', () => {
  const questions = [
    { id: 'by-address', title: 'A', parameters: { ip: {} } },
    { id: 'timeline', title: 'B', parameters: { principal: {} } },
    { id: 'key-used', title: 'C', parameters: { key: {} } },
    { id: 'readers', title: 'D', parameters: { bucket: {} } },
    { id: 'new', title: 'E', parameters: { since: {} } },
    { id: 'plain', title: 'F', parameters: {} },
  ];
  const asked = (text: string) => {
    const hunch = readHunch(text);
    return hunch === null ? null : questionsAbout(hunch, questions).map(({ question, parameters }) => [question, parameters]);
  };
  expect(asked('198.51.100.7')).toEqual([['by-address', { ip: '198.51.100.7' }]]);
  expect(asked(key)).toEqual([['key-used', { key }]]);
  expect(asked('arn:aws:s3:::example')).toEqual([['readers', { bucket: 'example' }]]);
  expect(asked(`arn:aws:iam::${account}:role/path/deployer`)).toEqual([['timeline', { principal: `${account}:assumed-role/deployer/` }]]);
  expect(asked(`arn:aws:iam::${account}:user/alice`)).toEqual([['timeline', { principal: `arn:aws:iam::${account}:user/alice` }]]);
  expect(asked('arn:aws:kms:us-east-1:111122223333:key/1')).toEqual([]);
});
