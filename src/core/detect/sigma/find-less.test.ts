import { expect, test } from 'vitest';
import { findLess } from './find-less.ts';
import { loadRules } from './parse-rules.ts';

const rule = (id: number, level = 'low') =>
  `title: Rule ${id}\nid: 5f0c1a9e-0000-4000-8000-00000000000${id}\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName: Get }, condition: s }\nlevel: ${level}\n`;
const filter = (id: number, name = 'a') =>
  `title: Filter ${id}\nlogsource: { product: aws, service: cloudtrail }\nfilter: { rules: [5f0c1a9e-0000-4000-8000-00000000000${id}], s: { eventName: ${name} }, condition: not s }\n`;
const files = (...texts: readonly string[]) => texts.map((text, n) => ({ file: `rules/${n}.yml`, text }));
const own = loadRules([{ file: 'own.yml', text: rule(9), id: 'aws.s3.own' }]).rules;

test.each<[string, readonly string[], readonly string[], readonly string[]]>([
  ['nothing', [rule(1)], [rule(1)], []],
  ['a rule more', [rule(1)], [rule(1), rule(2)], []],
  ['where they stand', [rule(1), filter(1)], [filter(1), rule(1)], []],
  ['a filter less', [rule(1), filter(1)], [rule(1)], []],
  ['a filter more', [rule(1)], [rule(1), filter(1)], ['filter "Filter 1"']],
  ['another filter', [filter(1)], [filter(1, 'b')], ['filter "Filter 1"']],
  ['a rule less', [rule(1), rule(2)], [rule(1)], ['rule "Rule 2"']],
  ['another rule', [rule(1)], [rule(1, 'high')], ['rule "Rule 1"']],
  ['one of ours', [], [rule(9, 'high')], ['rule "Rule 9" in place of ours']],
])('%s', (_, before, after, ways) => {
  expect(findLess(own, files(...before), files(...after))).toEqual(ways);
});
