import { expect, test } from 'vitest';
import type { JsonObject } from '../../model/json.ts';
import type { Rule } from '../../model/rule.ts';
import { compileRules } from '../compile.ts';
import { loadRules } from './parse-rules.ts';
import { withFilters } from './with-filters.ts';

const rule = (id: string, name = id) => `title: Read
id: ${id}
name: ${name}
logsource: { product: aws, service: cloudtrail }
detection:
  s: { eventSource: s3.amazonaws.com, eventName: GetObject }
  condition: s
`;
const filter = (body: string) => `title: Not the backup
logsource: { product: aws, service: cloudtrail }
filter:
${body.replace(/^/gm, '  ')}`;
const notBackup = (rules: string) =>
  filter(`rules: ${rules}\nbackup: { 'userIdentity.arn': 'arn:aws:iam::111122223333:role/backup' }\ncondition: not backup`);

const [uuid, other] = ['5f0c1a9e-0000-4000-8000-000000000001', '5f0c1a9e-0000-4000-8000-000000000002'];

/** The ids of the rules that a read by this principal matches, once these files are loaded and filtered. */
function matching(texts: readonly string[], arn: string): { readonly ids: readonly string[]; readonly faults: readonly string[] } {
  const loaded = loadRules(texts.map((text, n) => ({ file: `${n}.yml`, text })));
  const { rules, faults } = withFilters(loaded.rules, loaded.filters);
  return { ids: matched(rules, { userIdentity: { arn } }), faults: [...loaded.faults, ...faults].map(({ reason }) => reason) };
}

function matched(rules: readonly Rule[], record: JsonObject): readonly string[] {
  const events = rules.filter((one) => one.kind === 'event');
  const numbers: number[] = [];
  compileRules(events).match({ eventSource: 's3.amazonaws.com', eventName: 'GetObject', ...record }, numbers);
  return numbers.map((n) => events[n]?.id ?? '').sort();
}

const backup = 'arn:aws:iam::111122223333:role/backup';
const stranger = 'arn:aws:iam::111122223333:user/mallory';

test.each([
  ['by its UUID', notBackup(`[${uuid}]`)],
  ['by its name', notBackup('[reads]')],
  ['alone', notBackup('reads')],
])('a filter narrows the rule that it names %s, and no other', (_, text) => {
  const files = [rule(uuid, 'reads'), rule(other, 'others'), text];
  expect(matching(files, backup)).toEqual({ ids: [other], faults: [] });
  expect(matching(files, stranger)).toEqual({ ids: [uuid, other], faults: [] });
  expect(matching(files.toReversed(), backup).ids).toEqual([other]);
});

test('"any" narrows all rules over its logs alone', () => {
  const flows = `title: Flow\nlogsource: { product: aws, service: vpcflow }\ndetection:\n  s: { dstport: 22 }\n  condition: s`;
  const loaded = loadRules([rule(uuid), rule(other), flows, notBackup('any')].map((text, n) => ({ file: `${n}.yml`, text })));
  expect(loaded.faults).toEqual([]);
  const { rules, faults } = withFilters(loaded.rules, loaded.filters);
  expect(faults).toEqual([]);
  expect(matched(rules, { userIdentity: { arn: backup } })).toEqual([]);
  expect(rules.find((one) => one.title === 'Flow')).toBe(loaded.rules.find((one) => one.title === 'Flow'));
});

test('two filters of one rule hold both', () => {
  const mallory = filter(`rules: [${uuid}]\nm: { 'userIdentity.arn|endswith': /mallory }\ncondition: not m`);
  const files = [rule(uuid), notBackup(`[${uuid}]`), mallory];
  expect([backup, stranger, 'arn:aws:iam::111122223333:user/ann'].map((arn) => matching(files, arn).ids.length)).toEqual([0, 0, 1]);
});

const correlation = `title: Many reads\nid: ${other}\ncorrelation:\n  type: event_count\n  rules: [reads]\n  group-by: [userIdentity.arn]\n  timespan: 1h\n  condition: { gte: 5 }`;

test.each([
  ['what is not here', notBackup('[nobody]'), 'it filters the rule "nobody", which is not here'],
  ['a correlation', notBackup(`[${other}]`), `"${other}" counts other rules, which it may name instead: ${uuid}`],
  [
    'a rule over other logs',
    `title: F\nlogsource: { product: aws, service: vpcflow }\nfilter:\n  rules: [reads]\n  s: { dstport: 22 }\n  condition: not s`,
    `"${uuid}" asks logs that the filter is not for: aws.cloudtrail`,
  ],
  ['no rules', filter('s: { a: b }\ncondition: not s'), '"rules" names the rules that are filtered, or is "any"'],
  ['no condition', filter('rules: any\ns: { a: b }'), '"condition" is missing'],
  ['a count', filter('rules: any\ntimeframe: 5m\ns: { a: b }\ncondition: s | count() > 5'), 'the condition of a filter does not count'],
  ['no logs', 'title: F\nfilter: { rules: any, s: { a: b }, condition: not s }', '"logsource" is missing'],
])('a filter of %s is a fault, and the rules are as they were', (_, text, reason) => {
  const { ids, faults } = matching([rule(uuid, 'reads'), correlation, text], backup);
  expect(faults).toEqual([reason]);
  expect(ids).toEqual([uuid]);
});
