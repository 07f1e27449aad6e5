import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../core/model/json.ts';
import { evaluatePolicy, isPublicPolicy, like, parsePolicy, type Verdict } from './evaluate-policy.ts';

const doc = (...statements: JsonObject[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });
const context = {
  'aws:userid': 'AROAEXAMPLE:i-1',
  'aws:username': 'alice',
  'aws:tokenissuetime': '2026-01-15T09:00:00Z',
  'aws:sourceip': '192.0.2.7',
  'aws:multifactorauthpresent': 'false',
};
const ask = (document: string, action = 's3:GetObject', resource = 'arn:aws:s3:::b/k'): Verdict =>
  evaluatePolicy(document, { action, resource, context });
/** `${name}`, as policies write it. */
const variable = (name: string) => `$\{${name}}`;
const allow = { Effect: 'Allow', Action: '*', Resource: '*' };
const denyIf = (Condition: JsonObject) => ask(doc(allow, { Effect: 'Deny', Action: '*', Resource: '*', Condition }));

test.each<[string, JsonObject[], Verdict]>([
  ['nothing said', [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }], 'none'],
  ['an action with a wildcard, in any case', [{ Effect: 'Allow', Action: 'S3:get*', Resource: '*' }], 'allow'],
  ['deny before allow', [{ Effect: 'Deny', Action: 's3:*', Resource: '*' }, allow], 'deny'],
  ['deny after allow', [allow, { Effect: 'Deny', Action: 's3:*', Resource: '*' }], 'deny'],
  ['another resource', [{ Effect: 'Allow', Action: '*', Resource: 'arn:aws:s3:::b' }], 'none'],
  ['NotAction', [{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], 'allow'],
  ['NotResource', [{ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::b/*' }], 'none'],
])('%s', (_name, statements, verdict) => {
  expect(ask(doc(...statements))).toBe(verdict);
});

test.each<[JsonObject, Verdict]>([
  [{ StringEquals: { 'aws:userid': 'AROAEXAMPLE:i-1' } }, 'deny'],
  [{ StringEquals: { 'aws:userid': 'AROAEXAMPLE:i-2' } }, 'allow'],
  [{ StringLike: { 'AWS:UserId': ['x', 'AROAEXAMPLE:*'] } }, 'deny'],
  [{ StringNotEquals: { 'aws:userid': ['a', 'AROAEXAMPLE:i-1'] } }, 'allow'],
  [{ StringNotEquals: { 'aws:absent': 'a' } }, 'deny'],
  [{ StringEquals: { 'aws:absent': 'a' } }, 'allow'],
  [{ StringEqualsIfExists: { 'aws:absent': 'a' } }, 'deny'],
  [{ DateLessThan: { 'aws:TokenIssueTime': '2026-01-15T09:00:01Z' } }, 'deny'],
  [{ DateLessThan: { 'aws:TokenIssueTime': '2026-01-15T09:00:00Z' } }, 'allow'],
  [{ Null: { 'aws:absent': true } }, 'deny'],
  [{ Null: { 'aws:userid': true } }, 'allow'],
  [{ Bool: { 'aws:MultiFactorAuthPresent': false } }, 'deny'],
  [{ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, 'deny'],
  [{ NotIpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, 'allow'],
  [{ StringEquals: { 'aws:userid': 'AROAEXAMPLE:i-1', 'aws:username': 'bob' } }, 'allow'],
  [{ StringEquals: { 'aws:username': [variable('aws:username')] } }, 'deny'],
  [{ StringEquals: { constructor: 'x' } }, 'allow'],
])('a deny under %j', (condition, verdict) => {
  expect(denyIf(condition)).toBe(verdict);
});

test.each([
  ['not JSON', '{', 'not JSON'],
  ['no statement', '{}', 'no Statement'],
  ['an unknown effect', doc({ Effect: 'Maybe', Action: '*' }), 'Effect'],
  ['no action', doc({ Effect: 'Allow', Resource: '*' }), 'one of Action and NotAction'],
  ['an unknown operator', doc({ ...allow, Condition: { StringAlmost: { a: 'b' } } }), 'StringAlmost is not known'],
  ['an operator of every object', doc({ ...allow, Condition: { constructor: { a: 'b' } } }), 'constructor is not known'],
])('a policy with %s is refused', (_name, document, message) => {
  expect(() => parsePolicy(document)).toThrow(message);
});

test.each([
  [{ Principal: '*' }, true],
  [{ Principal: { AWS: '*' } }, true],
  [{ Principal: { AWS: ['111122223333', '*'] } }, true],
  [{ Principal: { AWS: 'arn:aws:iam::111122223333:root' } }, false],
  [{ Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example' } } }, false],
  [{ Principal: '*', Condition: { StringEquals: { 'aws:UserAgent': 'x' } } }, true],
  [{ Principal: '*', Effect: 'Deny' }, false],
])('public or not: %j', (part, expected) => {
  expect(isPublicPolicy(doc({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*', ...part }))).toBe(expected);
});

describe('wildcards', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b', '/', ':'), maxLength: 12 });

  test('agree with the obvious definition', () => {
    const slow = (pattern: string, text: string): boolean => {
      if (pattern === '') return text === '';
      if (pattern[0] === '*') return slow(pattern.slice(1), text) || (text !== '' && slow(pattern, text.slice(1)));
      return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && slow(pattern.slice(1), text.slice(1));
    };
    const patterns = fc.string({ unit: fc.constantFrom('a', 'b', '/', '*', '?'), maxLength: 8 });
    fc.assert(fc.property(patterns, letters, (pattern, text) => like(pattern, text) === slow(pattern, text)));
  });

  test('a text made to backtrack costs no more than its length times the pattern', () => {
    expect(like(`${'a*'.repeat(50)}b`, 'a'.repeat(50_000))).toBe(false);
  });
});
