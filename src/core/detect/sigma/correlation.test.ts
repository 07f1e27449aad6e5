import { describe, expect, test } from 'vitest';
import type { CorrelationRule } from '../../model/rule.ts';
import { parseRules } from './parse-rules.ts';

const base = 'title: B\nname: b\nlogsource: { category: firewall }\ndetection: { s: { action: REJECT }, condition: s }\n---\n';

function parse(correlation: string) {
  return parseRules(`${base}title: C\nid: c\ncorrelation:\n  ${correlation.replaceAll('\n', '\n  ')}\n`, 'c.yml');
}

describe('what a correlation says', () => {
  test.each<[string, Partial<CorrelationRule>]>([
    ['{ type: event_count, rules: [b], timespan: 2w, condition: { gt: 4 } }', { threshold: 5, timespan: 14 * 86_400_000 }],
    ['{ type: event_count, rules: [b], timespan: 1M, condition: { lte: 4 } }', { threshold: 5, timespan: 30 * 86_400_000 }],
    [
      '{ type: value_count, rules: [b], timespan: 1h, condition: { field: x, gt: 1, lt: 9 } }',
      {
        threshold: 10,
        criteria: [
          { is: 'gt', than: 1 },
          { is: 'lt', than: 9 },
        ],
      },
    ],
    [
      '{ type: value_sum, rules: [b], timespan: 1h, condition: { field: bytes, gte: 0.5 } }',
      { field: 'bytes', criteria: [{ is: 'gte', than: 0.5 }] },
    ],
    [
      '{ type: value_percentile, rules: [b], timespan: 1h, condition: { field: x, percentile: 99, neq: -1 } }',
      { percentile: 99, criteria: [{ is: 'neq', than: -1 }] },
    ],
    [
      '{ type: unusual_count, rules: [b], timespan: 1w, condition: { factor: 2.5, gt: 99 } }',
      { factor: 2.5, threshold: 100, field: null, timespan: 7 * 86_400_000 },
    ],
    [
      '{ type: impossible_travel, rules: [b], timespan: 6h, condition: { field: ip, distance: 1000, speed: 900 } }',
      { field: 'ip', threshold: 2, travel: { distance: 1_000, speed: 900 }, timespan: 6 * 3_600_000 },
    ],
    ['{ type: temporal_ordered, rules: [b, b], timespan: 1h }', { rules: ['b', 'b'], threshold: 2 }],
    [
      '{ type: event_count, rules: [b], group-by: [who], aliases: { who: { b: src_ip } }, timespan: 1h, condition: { gte: 1 } }',
      { aliases: { who: { b: 'srcaddr' } } },
    ],
  ])('%s', (text, expected) => {
    const { rules, faults } = parse(text);
    expect(faults).toEqual([]);
    expect(rules.find((rule) => rule.id === 'c')).toMatchObject(expected);
  });
});

describe('what cannot be decided is refused, with its line and why', () => {
  test.each([
    ['type: event_count\nrules: [b]\ntimespan: 1h\ncondition: { lt: 1 }', 12, 'nothing happened'],
    ['type: event_count\nrules: [b]\ntimespan: 1h\ncondition: { eq: 0 }', 12, 'nothing happened'],
    ['type: event_count\nrules: [b]\ntimespan: 1h\ncondition: { gte: 1.5 }', 12, 'whole number'],
    ['type: event_count\nrules: [b]\ntimespan: 1h\ncondition: { above: 1 }', 12, '"above" is none of gt'],
    ['type: event_count\nrules: [b]\ntimespan: 1h', 9, 'no condition'],
    ['type: value_sum\nrules: [b]\ntimespan: 1h\ncondition: { gte: 1 }', 12, 'needs a field'],
    ['type: value_sum\nrules: [b]\ntimespan: 1h\ncondition: { field: x, gte: many }', 12, 'wants a number'],
    ['type: value_percentile\nrules: [b]\ntimespan: 1h\ncondition: { field: x, gte: 1 }', 12, '"percentile" from 0 to 100'],
    ['type: temporal\nrules: [b]\ntimespan: 1h\ncondition: { gte: 2 }', 12, '1 rules only'],
    ['type: temporal\nrules: [b]\ntimespan: 1h\ncondition: { eq: 1 }', 12, 'never final'],
    ['type: temporal_ordered\nrules: [b, b]\ntimespan: 1h\ncondition: { gte: 1 }', 12, 'in order all'],
    ['type: unusual_count\nrules: [b]\ntimespan: 36h\ncondition: { factor: 2, gte: 1 }', 11, 'whole days'],
    ['type: unusual_count\nrules: [b]\ntimespan: 31d\ncondition: { factor: 2, gte: 1 }', 11, '30 at most'],
    ['type: unusual_count\nrules: [b]\ntimespan: 7d\ncondition: { gte: 1 }', 12, 'a "factor" above 1'],
    ['type: unusual_count\nrules: [b]\ntimespan: 7d\ncondition: { factor: 2, lt: 9 }', 12, 'one "gt" or "gte"'],
    ['type: unusual_count\nrules: [b]\ntimespan: 7d\ncondition: { factor: 2 }', 12, 'none of gt'],
    ['type: event_count\nrules: [b]\ntimespan: 1h\ncondition: { factor: 2, gte: 1 }', 12, '"factor" is none of'],
    ['type: impossible_travel\nrules: [b]\ntimespan: 1h\ncondition: { distance: 500, speed: 900 }', 12, 'needs a field'],
    ['type: impossible_travel\nrules: [b]\ntimespan: 25h\ncondition: { field: x, distance: 500, speed: 900 }', 11, 'a day at most'],
    ['type: impossible_travel\nrules: [b]\ntimespan: 1h\ncondition: { field: x, distance: 50, speed: 900 }', 12, 'a whole "distance"'],
    ['type: impossible_travel\nrules: [b]\ntimespan: 1h\ncondition: { field: x, distance: 500 }', 12, 'a whole "speed"'],
    [
      'type: impossible_travel\nrules: [b]\ntimespan: 1h\ncondition: { field: x, distance: 500, speed: 900, gte: 2 }',
      12,
      '"gte" is none of',
    ],
    ['type: near\nrules: [b]\ntimespan: 1h', 9, '"near" is none of event_count'],
    ['type: temporal\nrules: [b]\ntimespan: 1y', 11, 'no timespan'],
    ['type: temporal\nrules: [b]\ntimespan: 1h\ngroup-by: [x]\naliases: { x: { c: y } }', 6, 'the rule "c"'],
  ])('%s', (text, line, reason) => {
    const { rules, faults } = parse(text);
    expect(rules.map((rule) => rule.id)).toEqual(['b']);
    expect(faults).toMatchObject([{ file: 'c.yml', line, reason: expect.stringContaining(reason) as string }]);
  });
});
