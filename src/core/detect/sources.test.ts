import { expect, test } from 'vitest';
import type { Event } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { type Source, type SourceKind, sourceKinds, sources } from '../model/source.ts';
import { Accumulator } from './accumulator.ts';
import { findingsOf } from './findings-of.ts';
import { ruleSet } from './rule-set.ts';
import { parseRules } from './sigma/parse-rules.ts';

const rulesText = `
title: Remote shell let in
id: flow-22
logsource: { category: firewall }
detection: { s: { action: ACCEPT, dst_port: 22 }, condition: s }
---
title: A flow by the record's own names
id: flow-own
logsource: { product: aws, service: vpcflow }
detection: { s: { srcaddr|cidr: 192.0.2.0/24, dst_ip: 198.51.100.7 }, condition: s }
---
title: Secret read
id: secret
logsource: { product: kubernetes, category: application, service: audit }
detection: { s: { objectRef.resource: secrets, verb: [get, list] }, condition: s }
---
title: A traversal
id: web
logsource: { category: webserver }
detection: { s: { cs-uri-stem|contains: /../, sc-status: 200 }, condition: s }
---
title: AWS alone is CloudTrail
id: trail
logsource: { product: aws }
detection: { s: { action|exists: false, dstport: null, verb: null }, condition: s }
---
title: Refused
name: refused
logsource: { category: firewall }
detection: { s: { action: REJECT }, condition: s }
---
title: Names asked
name: asked
logsource: { category: dns }
detection: { s: { record_type: TXT }, condition: s }
---
title: Many ports
id: ports
correlation: { type: value_count, rules: [refused], group-by: [src_ip], timespan: 1m, condition: { field: dst_port, gte: 2 } }
---
title: Refused and asked
id: both
correlation: { type: temporal, rules: [refused, asked], group-by: [account], timespan: 1m }
`;
const { rules, faults } = parseRules(rulesText, 'sources.yml');
const set = ruleSet(rules);

function event(source: Source, raw: JsonObject, n = 0): Event {
  const account = '111122223333';
  const operation = `${source} event`;
  return {
    source,
    key: `k${n}`,
    time: n * 1_000,
    raw,
    words: { operation, service: source, account, region: 'eu-west-1', ip: '192.0.2.9' },
  };
}

function found(...events: readonly Event[]) {
  const accumulator = new Accumulator(set);
  for (const one of events) accumulator.add(one);
  return [...findingsOf(accumulator.drain(), set.rules, 'default')];
}

test('the rules compile, each for the logs that its logsource fits', () => {
  expect(faults).toEqual([]);
  const asked = Object.fromEntries(rules.flatMap((rule) => (rule.kind === 'event' ? [[rule.id, rule.sources]] : [])));
  expect(asked).toMatchObject({
    'flow-22': ['aws.vpc-flow'],
    'flow-own': ['aws.vpc-flow'],
    secret: ['aws.eks-audit'],
    trail: ['aws.cloudtrail'],
  });
  expect(asked['web']).toEqual(expect.arrayContaining(['aws.alb', 'aws.cloudfront', 'aws.waf']));
});

test.each<[string, Source, JsonObject, string[]]>([
  ['a number in an index field', 'aws.vpc-flow', { action: 'ACCEPT', dstport: 22 }, ['flow-22']],
  ['the same as text', 'aws.vpc-flow', { action: 'accept', dstport: '22' }, ['flow-22']],
  ['another port', 'aws.vpc-flow', { action: 'ACCEPT', dstport: 23 }, []],
  ["a category's name in a rule of the source", 'aws.vpc-flow', { srcaddr: '192.0.2.1', dstaddr: '198.51.100.7' }, []],
  ['index fields that are nested', 'aws.eks-audit', { verb: 'get', objectRef: { resource: 'secrets' } }, ['secret']],
  ['and that are absent', 'aws.eks-audit', { verb: 'get', objectRef: null }, []],
  ['a list in an index field', 'aws.eks-audit', { verb: ['watch', 'list'], objectRef: [{ resource: 'secrets' }] }, ['secret']],
  ['one source of a category', 'aws.alb', { 'cs-method': 'GET', 'sc-status': 200, 'cs-uri-stem': '/a/../b' }, ['web']],
  ['and another', 'aws.cloudfront', { 'cs-method': 'GET', 'sc-status': '200', 'cs-uri-stem': '/a/../b' }, ['web']],
  ['the same record from a log that nobody asks', 'ocsf', { action: 'ACCEPT', dstport: 22 }, []],
  ['a CloudTrail record without names', 'aws.cloudtrail', {}, ['trail']],
])('%s', (_, source, raw, expected) => {
  expect(found(event(source, raw)).map((finding) => finding.rule.id)).toEqual(expected);
});

test("a correlation groups and counts by the category's names, and its group bears them", () => {
  const refusals = [1, 2].map((n) => event('aws.vpc-flow', { action: 'REJECT', srcaddr: '192.0.2.9', dstport: n }, n));
  const [finding] = found(...refusals);
  expect(finding).toMatchObject({ rule: { id: 'ports' }, group: { src_ip: '192.0.2.9' } });
  expect(found(...refusals.slice(1))).toEqual([]);
});

test('a correlation over several logs', () => {
  const events = [
    event('aws.vpc-flow', { action: 'REJECT', account: 'a' }, 1),
    event('aws.route53-resolver', { query_type: 'TXT', account: 'a' }, 2),
  ];
  expect(found(...events).map((finding) => finding.rule.id)).toEqual(['both']);
});

test('what is not a log of calls was not called', () => {
  expect(found(event('aws.vpc-flow', { action: 'ACCEPT', dstport: 22 }))[0]?.message).toBe(
    'Remote shell let in: aws.vpc-flow event from 192.0.2.9 in account 111122223333.',
  );
  expect(found(event('aws.eks-audit', { verb: 'get', objectRef: { resource: 'secrets' } }))[0]?.message).toContain('192.0.2.9 called ');
});

test('a log that nobody knows is refused, with those that are known', () => {
  const { faults: refused } = parseRules('title: T\nlogsource: { product: windows, category: process_creation }\ndetection: {}\n', 'w.yml');
  expect(refused).toMatchObject([{ file: 'w.yml', line: 2 }]);
  expect(refused[0]?.reason).toMatch(/"windows\/process_creation".*aws\/cloudtrail.*aws\/vpcflow.*dns/);
  expect(parseRules('title: T\nlogsource: { definition: x }\ndetection: {}\n', 'w.yml').faults).toHaveLength(1);
});

test('no category gives one name to two fields', () => {
  const names = new Map<string, string>();
  for (const source of sources) {
    for (const { category = '', fields = {} } of (sourceKinds[source] as SourceKind).logsources) {
      for (const [name, path] of Object.entries(fields)) {
        expect(names.get(`${category} ${name}`) ?? path).toBe(path);
        names.set(`${category} ${name}`, path);
      }
    }
  }
});
