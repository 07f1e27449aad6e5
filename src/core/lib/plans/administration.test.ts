import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import { makesAdministrators, withoutAdministration } from './administration.ts';

const allow = (more: JsonObject): JsonObject => ({ Effect: 'Allow', Resource: '*', ...more });
const reads = allow({ Action: 's3:GetObject' });

test.each<readonly [string, JsonObject, boolean]>([
  ['everything', allow({ Action: '*' }), true],
  ['everything, in a list', allow({ Action: ['s3:Get*', '*:*'] }), true],
  ['all of IAM, in other letters', allow({ Action: 'IAM:*' }), true],
  ['everything but', allow({ NotAction: 'iam:*' }), true],
  ['all of one service', allow({ Action: 's3:*' }), false],
  ['a denial of everything', { Effect: 'Deny', Action: '*', Resource: '*' }, false],
])('%s', (_, statement, isSo) => {
  const document = { Version: '2012-10-17', Statement: [reads, statement] };
  expect(makesAdministrators(JSON.stringify(document))).toBe(isSo);
  expect(withoutAdministration(document)).toEqual(isSo ? { ...document, Statement: [reads] } : document);
});

test('a single statement may stand without a list', () => {
  expect(withoutAdministration({ Statement: allow({ Action: '*' }) })).toEqual({ Statement: [] });
});

test('what is no policy is not taken for a narrow one', () => {
  for (const text of [null, '', 'hello', '[]', '{}']) expect(makesAdministrators(text)).toBe(true);
});
