import { describe, expect, test } from 'vitest';
import type { Event } from '../../model/event.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { Accumulator } from '../accumulator.ts';
import { compileRules } from '../compile.ts';
import { findingsOf } from '../findings-of.ts';
import { ruleSet } from '../rule-set.ts';
import { loadRules, parseRules } from './parse-rules.ts';

const head = 'title: T\nlogsource: { product: aws, service: cloudtrail }\n';

/** Does the detection match a record that has these fields beside the two names? */
function matches(detection: string, record: JsonObject): boolean {
  const { rules, faults } = parseRules(`${head}detection:\n${detection.replace(/^/gm, '  ')}`, 'rule.yml');
  expect(faults).toEqual([]);
  const events = rules.filter((rule) => rule.kind === 'event');
  return compileRules(events).match({ eventSource: 's3.amazonaws.com', eventName: 'GetObject', ...record }, []) > 0;
}

const deep = {
  requestParameters: {
    ipPermissions: { items: [{ toPort: 22, ipRanges: { items: [{ cidrIp: '10.0.0.0/8' }, { cidrIp: '0.0.0.0/0' }] } }] },
  },
};
const policy = { requestParameters: { policyDocument: '{"Statement":[{"Action":["s3:GetObject"],"Effect":"Allow"}]}' } };

describe('what a detection matches', () => {
  test.each<[string, string, JsonObject, boolean]>([
    ['without case', 's: { userAgent: AWS-CLI }\ncondition: s', { userAgent: 'aws-cli' }, true],
    ['with case where asked', 's: { userAgent|cased: AWS-CLI }\ncondition: s', { userAgent: 'aws-cli' }, false],
    ['any of a list', 's: { a: [x, y] }\ncondition: s', { a: 'y' }, true],
    ['all of a list', 's: { a|contains|all: [x, y] }\ncondition: s', { a: 'x-' }, false],
    ['all fields of a map', 's: { a: x, b: y }\ncondition: s', { a: 'x' }, false],
    ['any map of a list', 's: [{ a: x }, { b: y }]\ncondition: s', { b: 'y' }, true],
    ['wildcards', 's: { a: "arn:*:user/?ob" }\ncondition: s', { a: 'arn:aws:iam::1:user/bob' }, true],
    ['a question mark is one character', 's: { a: "?ob" }\ncondition: s', { a: 'ob' }, false],
    ['an escaped wildcard', 's: { a: "100\\\\*" }\ncondition: s', { a: '100%' }, false],
    ['an escaped wildcard, met', 's: { a: "100\\\\*" }\ncondition: s', { a: '100*' }, true],
    ['a backslash before another letter', "s: { a: 'c:\\dir' }\ncondition: s", { a: 'c:\\dir' }, true],
    ['a star alone is anything that is there', "s: { errorCode|contains: '*' }\ncondition: s", {}, false],
    ['a star alone, with something', "s: { errorCode|contains: '*' }\ncondition: s", { errorCode: 'AccessDenied' }, true],
    ['startswith', 's: { eventName|startswith: get }\ncondition: s', {}, true],
    ['endswith', 's: { eventName|endswith: object }\ncondition: s', {}, true],
    ['null, absent', 's: { errorCode: null }\ncondition: s', {}, true],
    ['null, there', 's: { errorCode: null }\ncondition: s', { errorCode: 'x' }, false],
    ['null parameters', 's: { requestParameters.x: null }\ncondition: s', { requestParameters: null }, true],
    ['exists', 's: { errorCode|exists: false }\ncondition: s', {}, true],
    ['exists, and null is not there', 's: { errorCode|exists: true }\ncondition: s', { errorCode: null }, false],
    ['the empty text', "s: { a: '' }\ncondition: s", { a: '' }, true],
    ['a number', 's: { a: 22 }\ncondition: s', { a: 22 }, true],
    ['a number as text', 's: { a: "22" }\ncondition: s', { a: 22 }, true],
    ['digits keep their zeros', 's: { a: 012345678901 }\ncondition: s', { a: '012345678901' }, true],
    ['true', 's: { a: true }\ncondition: s', { a: true }, true],
    ['through lists', 's: { requestParameters.ipPermissions.items.ipRanges.items.cidrIp: 0.0.0.0/0 }\ncondition: s', deep, true],
    ['a number in a list', 's: { requestParameters.ipPermissions.items.toPort: 22 }\ncondition: s', deep, true],
    ['a text in an object', 's: { requestParameters|contains|all: [\'"s3:GetObject"\', \'"Allow"\'] }\ncondition: s', policy, true],
    ['re keeps case', 's: { a|re: "^x+$" }\ncondition: s', { a: 'XX' }, false],
    ['re with a flag', 's: { a|re|i: "^x+$" }\ncondition: s', { a: 'XX' }, true],
    ['cidr', 's: { sourceIPAddress|cidr: [10.0.0.0/8, "2001:db8::/32"] }\ncondition: s', { sourceIPAddress: '2001:db8::1' }, true],
    ['cidr and no address', 's: { sourceIPAddress|cidr: 0.0.0.0/0 }\ncondition: s', { sourceIPAddress: '075.050.255.67' }, false],
    [
      'fieldref',
      's: { userIdentity.arn|endswith|fieldref: requestParameters.userName }\ncondition: s',
      { userIdentity: { arn: 'x/bob' }, requestParameters: { userName: 'bob' } },
      true,
    ],
    ['keywords', 'k: [AccessDenied, "*nobody*"]\ncondition: k', { errorMessage: 'it was accessdenied for you' }, true],
    ['keywords not there', 'k: [AccessDenied]\ncondition: k', {}, false],
    ['1 of', 's_a: { a: x }\ns_b: { b: y }\ncondition: 1 of s_*', { b: 'y' }, true],
    ['all of', 's_a: { a: x }\ns_b: { b: y }\ncondition: all of s_*', { b: 'y' }, false],
    ['all of them, without underscore', 's: { a: x }\n_t: { b: y }\ncondition: all of them', { a: 'x' }, true],
    [
      'not binds tighter than and, and than or',
      'a: { a: x }\nb: { b: x }\nc: { c: x }\ncondition: a or b and not c',
      { b: 'x', c: 'x' },
      false,
    ],
    ['parentheses', 'a: { a: x }\nb: { b: x }\nc: { c: x }\ncondition: (a or b) and not c', { a: 'x', c: 'x' }, false],
    ['a name in capitals with operators in it', 'Android: { a: x }\nnotice: { b: x }\ncondition: Android and not notice', { a: 'x' }, true],
    ['a list of conditions is any of them', 'a: { a: x }\nb: { b: x }\ncondition: [a, b]', { b: 'x' }, true],
    ['a key with dots', 's: { a.b: x }\ncondition: s', { 'a.b': 'x' }, true],
    ['names of the language are names', 's: { constructor.name: Object }\ncondition: s', {}, false],
    ['and are found when they are there', 's: { __proto__.x: y }\ncondition: s', JSON.parse('{"__proto__":{"x":"y"}}') as JsonObject, true],
  ])('%s', (_, detection, record, expected) => {
    expect(matches(detection, record)).toBe(expected);
  });

  test('an expression made to backtrack takes no time', () => {
    expect(matches('s: { a|re: "^(a+)+$" }\ncondition: s', { a: `${'a'.repeat(50_000)}!` })).toBe(false);
  });

  test('deeply nested records neither crash nor match', () => {
    let nested: Json = 'x';
    for (let i = 0; i < 100_000; i++) nested = [nested];
    expect(matches('s: { a: y }\nk: [y]\ncondition: s or k', { a: nested })).toBe(false);
  });
});

describe('what cannot be compiled is refused with file, line and reason, and the others run', () => {
  const good = `${head}id: good\ndetection: { s: { a: x }, condition: s }\n`;
  test.each([
    ['no YAML', 'title: [', 1, 'YAML'],
    ['no title', 'logsource: { product: aws }\n', 1, 'title'],
    ['another source', 'title: T\nlogsource:\n  product: windows\n', 3, 'windows'],
    ['no condition', `${head}detection:\n  s: { a: x }\n`, 4, 'condition'],
    ['an unknown search', `${head}detection:\n  s: { a: x }\n  condition: s and t\n`, 5, '"t"'],
    ['an unknown modifier', `${head}detection:\n  s:\n    a|nope: x\n  condition: s\n`, 5, 'nope'],
    ['a bad expression', `${head}detection:\n  s:\n    a|re: "(?=x)"\n  condition: s\n`, 5, 'RE2'],
    ['a bad block', `${head}detection:\n  s:\n    a|cidr: 10.0.0.0/99\n  condition: s\n`, 5, '10.0.0.0/99'],
    ['a duplicate key', `${head}detection:\n  s: { a: x }\n  s: { a: y }\n  condition: s\n`, 5, 'unique'],
    ['a missing parenthesis', `${head}detection:\n  s: { a: x }\n  condition: (s\n`, 5, 'parenthesis'],
    ['an aggregation nobody knows', `${head}detection:\n  s: { a: x }\n  condition: s | near t\n`, 5, 'near t'],
    [
      'a correlation of nothing',
      'title: T\ncorrelation:\n  type: event_count\n  rules: [gone]\n  timespan: 1m\n  condition: { gte: 1 }\n',
      4,
      'gone',
    ],
  ])('%s', (_, text, line, reason) => {
    const { rules, faults } = loadRules([
      { file: 'bad.yml', text },
      { file: 'good.yml', text: good },
    ]);
    expect(rules.map((rule) => rule.id)).toEqual(['good']);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({ file: 'bad.yml', line });
    expect(faults[0]?.reason).toContain(reason);
  });

  test('of two rules with one id the second is refused', () => {
    const { rules, faults } = loadRules([
      { file: 'b.yml', text: good },
      { file: 'a.yml', text: good },
    ]);
    expect(rules.map((rule) => rule.file)).toEqual(['a.yml']);
    expect(faults.map((fault) => fault.file)).toEqual(['b.yml']);
  });
});

test('insecure behaviour is a tag of its own', () => {
  const of = (tags: string) => parseRules(`${head}tags: ${tags}\ndetection:\n  s: { a: b }\n  condition: s\n`, 'rule.yml').rules[0];
  expect(of('[jobzero.insecure-behaviour, attack.t1078.004]')).toMatchObject({
    insecureBehaviour: true,
    techniques: ['T1078.004'],
    tactics: [],
  });
  expect(of('[attack.t1078.004]')).not.toHaveProperty('insecureBehaviour');
});

test("a name that two files use is the own file's", () => {
  const file = (name: string, wanted: string) => ({
    file: `${name}.yml`,
    id: `aws.s3.${name}`,
    text: `title: C\ncorrelation:\n  type: event_count\n  rules: [read]\n  timespan: 1m\n  condition: { gte: 1 }\n---\nname: read\n${head}detection:\n  s: { eventName: ${wanted} }\n  condition: s\n`,
  });
  const { rules, faults } = loadRules([file('one', 'GetObject'), file('two', 'HeadObject')]);
  expect(faults).toEqual([]);
  const correlations = rules.filter((rule) => rule.kind === 'correlation');
  expect(correlations.map((rule) => [rule.id, rule.rules])).toEqual([
    ['aws.s3.one', ['aws.s3.one.read']],
    ['aws.s3.two', ['aws.s3.two.read']],
  ]);
});

test('a rule that counts in the old way is the correlation that it means', () => {
  const { rules, faults } = parseRules(
    `${head}id: many\ndetection:\n  s: { eventName: list* }\n  timeframe: 10m\n  condition: s | count() by userIdentity.arn > 2\n`,
    'many.yml',
  );
  expect(faults).toEqual([]);
  const set = ruleSet(rules);
  const raised = (n: number) => {
    const accumulator = new Accumulator(set);
    for (let i = 0; i < n; i++) accumulator.add(event(i));
    return [...findingsOf(accumulator.drain(), set.rules, 'default')].map((finding) => finding.rule.id);
  };
  expect(raised(2)).toEqual([]);
  expect(raised(3)).toEqual(['many']);
});

function event(i: number): Event {
  return {
    source: 'aws.cloudtrail',
    key: `k${i}`,
    time: i * 1_000,
    raw: {
      eventSource: 'iam.amazonaws.com',
      eventName: 'ListUsers',
      eventID: `e${i}`,
      userIdentity: { arn: 'arn:aws:iam::111122223333:user/a' },
    },
    words: { operation: 'ListUsers', service: 'iam.amazonaws.com', account: '111122223333', region: 'us-east-1' },
  };
}
