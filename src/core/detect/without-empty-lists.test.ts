import { expect, test } from 'vitest';
import type { Expr } from '../model/rule.ts';
import { listIndex } from './list-index.ts';
import { ruleSet } from './rule-set.ts';
import { loadRules } from './sigma/parse-rules.ts';
import { withoutEmptyLists } from './without-empty-lists.ts';

const lists = listIndex(
  new Map([
    ['some', ['203.0.113.7', 'example.com']],
    ['names', ['example.com']],
    ['none', []],
  ]),
);
const ask = (list: string, how: 'cidr' | 'domain-suffix' = 'cidr'): Expr => ({
  op: 'field',
  path: 'ip',
  test: { is: 'in-list', list, how, cased: false },
});
const other: Expr = { op: 'field', path: 'action', test: { is: 'equals', text: 'accept', cased: false } };
const no: Expr = { op: 'constant', value: false };
const yes: Expr = { op: 'constant', value: true };

test.each<[string, Expr, Expr]>([
  ['an empty list is met by nothing', ask('none'), no],
  ['nor is one that is not there', ask('absent'), no],
  ['a list of names has no addresses', ask('names'), no],
  ['but names', ask('names', 'domain-suffix'), ask('names', 'domain-suffix')],
  ['what must be in it cannot be', { op: 'and', of: [other, ask('none')] }, no],
  ['what must not be in it is not', { op: 'and', of: [other, { op: 'not', of: ask('none') }] }, other],
  ['nothing but that', { op: 'and', of: [{ op: 'not', of: ask('none') }] }, yes],
  ['one of several', { op: 'or', of: [ask('none'), ask('some'), other] }, { op: 'or', of: [ask('some'), other] }],
  ['none of several', { op: 'or', of: [ask('none'), ask('names')] }, no],
])('%s', (_, expr, expected) => {
  expect(withoutEmptyLists(expr, lists)).toEqual(expected);
});

test('what asks no empty list stays the same object', () => {
  const expr: Expr = {
    op: 'and',
    of: [
      { op: 'or', of: [ask('some'), other] },
      { op: 'not', of: other },
    ],
  };
  expect(withoutEmptyLists(expr, lists)).toBe(expr);
});

test('a rule that only an empty list could make match has nothing to be asked', () => {
  const { rules } = loadRules(
    [
      {
        file: 'rule.yml',
        text: `title: Listed
id: listed
logsource: { product: aws, service: vpcflow }
detection:
  listed: { dstaddr|cidr|expand: "%bad%" }
  trusted: { dstaddr|cidr|expand: "%good%" }
  condition: listed and not trusted
`,
      },
    ],
    { declared: ['bad', 'good'] },
  );
  expect(ruleSet(rules).sieve('aws.vpc-flow').all).toBe(0);
  const asked = ruleSet(rules, new Map([['bad', ['203.0.113.7']]])).sieve('aws.vpc-flow');
  expect(asked.ofField('dstaddr')?.left('203.0.113.7')).toBe(asked.all);
  expect(asked.ofField('dstaddr')?.left('203.0.113.8')).toBe(0);
});
