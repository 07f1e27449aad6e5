import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event } from '../model/event.ts';
import type { Evidence } from '../model/finding.ts';
import type { CorrelationRule } from '../model/rule.ts';
import { Accumulator } from './accumulator.ts';
import { join } from './digest.ts';
import { ruleSet } from './rule-set.ts';
import { parseRules } from './sigma/parse-rules.ts';
import { type DayVolume, joinVolumes, keptHashes, smallestHashes, unusualVolume, volumeHash } from './volume-digest.ts';

const item: Evidence = { key: 'k', id: 'k', time: 0, rule: 'r', operation: 'o', service: 's', account: '', region: '' };
const items = { items: [item], more: false };
const ofHashes = (all: readonly string[]): DayVolume => ({ t: 'volume', items: [item], moreItems: false, ...smallestHashes(all) });
const of = (n: number, from = 0) => ofHashes(Array.from({ length: n }, (_, i) => volumeHash([0, `e${from + i}`])));
const rule = { timespan: 2 * 86_400_000, factor: 3, threshold: 10, field: null } as CorrelationRule;
const on = (n: number, digest: DayVolume) => ({ bucket: n * 86_400_000, digest });

test('joining is associative, commutative and idempotent, and the same as counting all at once', () => {
  const all = fc.array(fc.nat({ max: 2_000 }), { maxLength: 700 }).map((list) => list.map((n) => volumeHash(String(n))));
  const join = (a: DayVolume, b: DayVolume) => joinVolumes(a, b, items);
  fc.assert(
    fc.property(all, all, all, (x, y, z) => {
      const [a, b, c] = [ofHashes(x), ofHashes(y), ofHashes(z)];
      expect(join(a, b)).toEqual(join(b, a));
      expect(join(join(a, b), c)).toEqual(join(a, join(b, c)));
      expect(join(a, a)).toEqual(a);
      expect(join(join(a, b), c)).toEqual(ofHashes([...x, ...y, ...z]));
    }),
    { numRuns: 50 },
  );
});

test('more than is held at once, in any order, twice and in parts: the same digest', () => {
  const text =
    'title: R\nname: r\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName: GetObject }, condition: s }\n' +
    '---\ntitle: C\nid: c\ncorrelation: { type: unusual_count, rules: [r], timespan: 7d, condition: { factor: 2, gte: 1 } }\n';
  const set = ruleSet(parseRules(text, 'c.yml').rules);
  const words = { operation: 'GetObject', service: 's3.amazonaws.com', account: '', region: '' };
  const events = Array.from(
    { length: 1_500 },
    (_, n): Event => ({ source: 'aws.cloudtrail', key: `e${n}`, time: n * 1_000, raw: { eventName: 'GetObject' }, words }),
  );
  const digestOf = (list: readonly Event[]) => {
    const accumulator = new Accumulator(set);
    for (const event of list) accumulator.add(event);
    const [entry] = accumulator.drain();
    if (entry === undefined) throw new Error('nothing was counted');
    return entry.digest;
  };
  const whole = digestOf(events);
  expect(whole).toMatchObject({ t: 'volume', more: true, moreItems: true });
  expect(digestOf(events.toReversed())).toEqual(whole);
  expect(digestOf([...events, ...events])).toEqual(whole);
  expect(join(digestOf(events.slice(0, 200)), digestOf(events.slice(150)), 16)).toEqual(whole);
});

test.each([
  ['so many times the most', [on(1, of(5)), on(2, of(4))], of(15), { value: 15, most: 5, days: 2, since: 86_400_000, error: 0 }],
  ['not so many', [on(1, of(5)), on(2, of(4))], of(14), null],
  ['too few at all', [on(1, of(1)), on(2, of(1))], of(9), null],
  ['too few days', [on(2, of(1))], of(100), null],
  ['days too long ago', [on(0, of(1)), on(3, of(1))], of(100), null],
  ['the days after do not count', [on(3, of(1)), on(6, of(1))], of(100), null],
])('a day: %s', (_, before, today, expected) => {
  const found = unusualVolume(on(5, today), before, rule);
  if (expected === null) expect(found).toBeNull();
  else expect(found).toMatchObject({ what: 'events', quality: 'exact', mostQuality: 'exact', ...expected });
});

test('exact up to what is kept, then within the error that is told', () => {
  const counted = (n: number) => unusualVolume(on(5, of(n)), [on(3, of(1)), on(4, of(1))], rule);
  expect(counted(keptHashes)).toMatchObject({ value: keptHashes, quality: 'exact', error: 0 });
  let near = 0;
  const tries = [keptHashes + 1, 300, 400, 600, 900, 1_300, 2_000, 3_000, 4_500, 7_000, 10_000, 20_000];
  for (const n of tries) {
    const found = counted(n);
    expect(found?.quality).toBe('approximately');
    if (found !== null && Math.abs(found.value - n) <= found.error * n) near++;
  }
  expect(near).toBeGreaterThanOrEqual(tries.length - 1);
});
