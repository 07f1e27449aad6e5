import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../lib/canonical-json.ts';
import { mergeSorted } from '../lib/merge-sorted.ts';
import type { Event } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { Accumulator } from './accumulator.ts';
import { compareEvidence } from './compare-evidence.ts';
import { join } from './digest.ts';
import { bundle, type DigestBundle, evaluate, joinBundles, neighbourhood, packBundle, unpackBundle } from './digest-rows.ts';
import type { Entry } from './entry.ts';
import { findingsOf } from './findings-of.ts';
import { keptBy, ruleSet } from './rule-set.ts';
import { parseRules } from './sigma/parse-rules.ts';

const source = 'logsource: { product: aws, service: cloudtrail }';
const text = `
title: any delete
id: any-delete
${source}
detection: { s: { eventName|startswith: Delete }, condition: s }
level: low
---
title: denied
name: denied
${source}
detection: { s: { errorCode: AccessDenied }, condition: s }
---
title: assumed
name: assumed
${source}
detection: { s: { eventName: AssumeRole }, condition: s }
---
title: many denied
id: many-denied
correlation: { type: event_count, rules: [denied], group-by: [userIdentity.arn], timespan: 1m, condition: { gte: 3 } }
level: high
---
title: many buckets denied
id: many-buckets
correlation: { type: value_count, rules: [denied], group-by: [userIdentity.arn], timespan: 1m, condition: { gte: 3, field: requestParameters.bucketName } }
level: high
---
title: denied and assumed
id: both
correlation: { type: temporal, rules: [denied, assumed], group-by: [userIdentity.arn], timespan: 1m }
level: high
---
title: new address
id: new-address
correlation: { type: first_seen, rules: [assumed], group-by: [userIdentity.arn], timespan: 5m, condition: { field: sourceIPAddress } }
level: medium
---
title: read
name: read
${source}
detection: { s: { eventName: GetObject }, condition: s }
---
title: denied, then assumed, then read
id: in-order
correlation: { type: temporal_ordered, rules: [denied, assumed, read], group-by: [userIdentity.arn], timespan: 1m }
---
title: few denied
id: few-denied
correlation: { type: event_count, rules: [denied], group-by: [userIdentity.arn], timespan: 1m, condition: { gt: 1, lte: 3 } }
---
title: two buckets denied
id: two-buckets
correlation: { type: value_count, rules: [denied], group-by: [userIdentity.arn], timespan: 1m, condition: { eq: 2, field: requestParameters.bucketName } }
---
title: much read
id: much-read
correlation: { type: value_sum, rules: [read], group-by: [userIdentity.arn], timespan: 1m, condition: { gte: 25, field: bytes } }
---
title: little read
id: little-read
correlation: { type: value_sum, rules: [read], group-by: [userIdentity.arn], timespan: 1m, condition: { lt: 5, field: bytes } }
---
title: large on average
id: large-average
correlation: { type: value_avg, rules: [read], group-by: [userIdentity.arn], timespan: 1m, condition: { gte: 12, field: bytes } }
---
title: small median
id: small-median
correlation: { type: value_median, rules: [read], group-by: [userIdentity.arn], timespan: 1m, condition: { lte: 4, field: bytes } }
---
title: large at the top
id: large-top
correlation: { type: value_percentile, rules: [read], group-by: [userIdentity.arn], timespan: 1m, condition: { eq: 17, field: bytes, percentile: 90 } }
---
title: more denied than on the days before
id: unusual-day
correlation: { type: unusual_count, rules: [denied], group-by: [userIdentity.arn], timespan: 2d, condition: { factor: 1.5, gte: 2 } }
---
title: more buckets denied than on the days before
id: unusual-buckets
correlation: { type: unusual_count, rules: [denied], group-by: [userIdentity.arn], timespan: 1d, condition: { factor: 2, gt: 1, field: requestParameters.bucketName } }
---
title: at places too far apart
id: far-apart
correlation: { type: impossible_travel, rules: [denied], group-by: [userIdentity.arn], timespan: 1m, condition: { distance: 1000, field: sourceIPAddress, speed: 100000 } }
---
title: one who assumes what another denied
id: same-address
correlation:
  type: temporal
  rules: [denied, assumed, read]
  group-by: [address]
  timespan: 1m
  condition: { gte: 2 }
  aliases: { address: { denied: sourceIPAddress, assumed: requestParameters.bucketName, read: sourceIPAddress } }
`;
const parsed = parseRules(text, 'laws.yml');
/** Berlin, Potsdam, Singapore. */
const places = ['192.0.2.1,52.5,13.4,DE', '192.0.2.2,52.4,13.1,DE', '198.51.100.0/24,1.3,103.8,SG'];
const set = ruleSet(parsed.rules, new Map([['places', places]]));

/** An event in words and raw, as collect makes them; the stages meet in the words only. */
function event(raw: { readonly [name: string]: string | number }): Event {
  const record: JsonObject = {
    eventSource: 's3.amazonaws.com',
    eventName: raw['name'] ?? '',
    eventID: raw['id'] ?? '',
    userIdentity: { arn: raw['who'] ?? '' },
    sourceIPAddress: raw['ip'] ?? '',
    requestParameters: { bucketName: raw['bucket'] ?? '' },
    bytes: raw['bytes'] ?? '',
    ...(raw['error'] === '' ? {} : { errorCode: raw['error'] ?? '' }),
  };
  return {
    source: 'aws.cloudtrail',
    key: `111122223333/${raw['id']}`,
    time: Number(raw['time']),
    raw: record,
    words: {
      operation: String(raw['name']),
      service: 's3.amazonaws.com',
      account: '111122223333',
      region: 'eu-west-1',
      ip: String(raw['ip']),
      actor: { type: 'IAMUser', uid: String(raw['who']), name: String(raw['who']) },
    },
  };
}

const eventsAt = (time: fc.Arbitrary<number>, ids: number, maxLength: number, minLength = 0) =>
  fc.array(
    fc
      .record({
        name: fc.constantFrom('DeleteObject', 'AssumeRole', 'GetObject'),
        id: fc.integer({ min: 0, max: ids }).map((n) => `e${n}`),
        who: fc.constantFrom('alice', 'bob'),
        ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.3'),
        bucket: fc.integer({ min: 0, max: 30 }).map((n) => `b${n}`),
        error: fc.constantFrom('', 'AccessDenied'),
        bytes: fc.oneof({ weight: 9, arbitrary: fc.integer({ min: -2, max: 20 }) }, fc.constantFrom('7', 'many', '')),
        time: time.map((second) => 1_767_225_600_000 + second * 1_000),
      })
      .map(event),
    { minLength, maxLength },
  );
// Few seconds, so that windows, buckets and equal stamps all meet.
const events = eventsAt(fc.integer({ min: 0, max: 900 }), 400, 150);
/** So few that single events decide, at the very ends of windows. */
const few = fc.oneof(
  events,
  {
    weight: 4,
    arbitrary: eventsAt(
      fc.integer({ min: 0, max: 9 }).map((n) => n * 20),
      2,
      12,
    ),
  },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 40 }).chain((most) => overDays(most)) },
);
/** Over a week, more and more a day. */
function overDays(most: number) {
  const time = fc.integer({ min: 0, max: 99 }).map((n) => Math.floor(Math.sqrt(n) * 0.7) * 86_400 + n);
  return eventsAt(time, 400, most, Math.floor(most / 2));
}

function digest(list: readonly Event[]): Entry[] {
  const accumulator = new Accumulator(set);
  for (const item of list) accumulator.add(item);
  return accumulator.drain();
}

function joined(parts: readonly Entry[][]): Entry[] {
  return [
    ...mergeSorted(
      parts,
      (e) => e.key,
      (a, b) => ({ ...a, digest: join(a.digest, b.digest, keptBy(set.rules.get(a.rule) ?? never())) }),
    ),
  ];
}

function never(): never {
  throw new Error('no rule');
}

const findings = (list: readonly Event[]) => [...findingsOf(digest(list), set.rules, 'default')];
const bytes = (entries: Iterable<Entry>) => [...findingsOf(entries, set.rules, 'default')].map((finding) => canonicalJson(finding));

test('the rules of this test compile', () => {
  expect(parsed.faults).toEqual([]);
  expect(set.rules.size).toBe(20);
});

describe('law 1: detections are a function of the set of events', () => {
  test('shuffled, doubled, and split over any number of workers in any way: the same bytes', () => {
    fc.assert(
      fc.property(
        few,
        fc.integer({ min: 1, max: 8 }),
        fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 })),
        (list, workers, random) => {
          const draw = () => Number(random.next().value);
          const whole = bytes(digest(list));
          const parts: Event[][] = Array.from({ length: workers }, () => []);
          for (const item of list) {
            parts[draw() % workers]?.push(item);
            // Delivered again, perhaps to another worker.
            if (draw() % 2 === 0) parts[draw() % workers]?.push(item);
          }
          for (const part of parts) part.sort(() => (draw() % 2 === 0 ? 1 : -1));
          expect(bytes(joined(parts.map(digest)))).toEqual(whole);
        },
      ),
      { numRuns: 400 },
    );
  });

  test('put aside after every few events, or joined one by one: the same bytes', () => {
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 20 }), (list, page) => {
        const whole = bytes(digest(list));
        const pages: Entry[][] = [];
        for (let i = 0; i < list.length; i += page) pages.push(digest(list.slice(i, i + page)));
        expect(bytes(joined(pages))).toEqual(whole);
        let sum: Entry[] = [];
        for (const part of pages.reverse()) sum = joined([part, sum, part]);
        expect(bytes(sum)).toEqual(whole);
      }),
      { numRuns: 300 },
    );
  });
});

describe('against the definition, computed the slow way', () => {
  const distinct = (list: readonly Event[]) => {
    const byKey = new Map<string, Event>();
    for (const item of [...list].sort((a, b) => a.time - b.time))
      if (!byKey.has(`${item.time}${item.key}`)) byKey.set(`${item.time}${item.key}`, item);
    return [...byKey.values()];
  };

  test('event_count fires exactly when a half-open window holds enough different events', () => {
    fc.assert(
      fc.property(events, (list) => {
        for (const who of ['alice', 'bob']) {
          const mine = distinct(list.filter((item) => item.raw['errorCode'] === 'AccessDenied' && item.words.actor?.uid === who));
          const expected = mine.some(
            (start) => mine.filter((item) => item.time >= start.time && item.time < start.time + 60_000).length >= 3,
          );
          const raised = findings(list).some((f) => f.rule.id === 'many-denied' && f.group['userIdentity.arn'] === who);
          expect(raised).toBe(expected);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('value_count and temporal fire exactly when a half-open window holds enough different values', () => {
    fc.assert(
      fc.property(events, (list) => {
        const found = findings(list);
        for (const who of ['alice', 'bob']) {
          const mine = list.filter((item) => item.words.actor?.uid === who);
          const some = (of: (window: readonly Event[]) => boolean) =>
            mine.some((start) => of(mine.filter((item) => item.time >= start.time && item.time < start.time + 60_000)));
          const denied = (item: Event) => item.raw['errorCode'] === 'AccessDenied';
          const bucketOf = (item: Event) => (item.raw['requestParameters'] as JsonObject)['bucketName'];
          const raised = (rule: string) => found.some((f) => f.rule.id === rule && f.group['userIdentity.arn'] === who);
          expect(raised('many-buckets')).toBe(some((window) => new Set(window.filter(denied).map(bucketOf)).size >= 3));
          expect(raised('both')).toBe(
            some((window) => window.some(denied) && window.some((item) => item.raw['eventName'] === 'AssumeRole')),
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  /** Half-open windows of a minute that begin with a match, or the minutes as the epoch aligns them. */
  const isRaised = (
    list: readonly Event[],
    found: readonly Finding[],
    rule: string,
    who: string,
    holds: (window: readonly Event[]) => boolean,
    aligned: boolean,
  ) => {
    const mine = list.filter((item) => item.words.actor?.uid === who);
    const starts = mine.map(({ time }) => (aligned ? time - (time % 60_000) : time));
    const expected = starts.some((from) => holds(mine.filter((item) => item.time >= from && item.time < from + 60_000)));
    const raised = found.some((f) => f.rule.id === rule && f.group['userIdentity.arn'] === who);
    expect(`${rule} ${who} ${raised}`).toBe(`${rule} ${who} ${expected}`);
  };
  const denied = (item: Event) => item.raw['errorCode'] === 'AccessDenied';
  const called = (name: string) => (item: Event) => item.raw['eventName'] === name;

  test('temporal_ordered fires exactly when the matches follow each other in a half-open window', () => {
    fc.assert(
      fc.property(few, (list) => {
        const found = findings(list);
        for (const who of ['alice', 'bob']) {
          const inOrder = (window: readonly Event[]) =>
            window.some(
              (a) =>
                denied(a) &&
                a.time === Math.min(...window.map(({ time }) => time)) &&
                window.some(
                  (b) => called('AssumeRole')(b) && b.time >= a.time && window.some((c) => called('GetObject')(c) && c.time >= b.time),
                ),
            );
          isRaised(list, found, 'in-order', who, inOrder, false);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('counts with an upper bound are those of a whole minute', () => {
    fc.assert(
      fc.property(few, (list) => {
        const found = findings(list);
        for (const who of ['alice', 'bob']) {
          const few = (window: readonly Event[]) => [2, 3].includes(distinct(window.filter(denied)).length);
          isRaised(list, found, 'few-denied', who, few, true);
          const buckets = (window: readonly Event[]) =>
            new Set(window.filter(denied).map((item) => (item.raw['requestParameters'] as JsonObject)['bucketName'])).size;
          isRaised(list, found, 'two-buckets', who, (window) => buckets(window) === 2, true);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('sums, averages, medians and percentiles are those of the numbers there are', () => {
    const numbers = (window: readonly Event[]) => {
      const byKey = new Map<string, number>();
      for (const { raw, time, key } of window.filter(called('GetObject'))) {
        const value = raw['bytes'];
        if (typeof value !== 'number' && value !== '7') continue;
        // Of two records that claim one id and one time the smaller number counts.
        byKey.set(`${time} ${key}`, Math.min(Number(value), byKey.get(`${time} ${key}`) ?? Number.POSITIVE_INFINITY));
      }
      return [...byKey.values()].sort((a, b) => a - b);
    };
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const some = (holds: (values: readonly number[]) => boolean) => (window: readonly Event[]) => {
      const values = numbers(window);
      return values.length > 0 && holds(values);
    };
    const rank = (values: readonly number[], percent: number) =>
      values.find((value) => values.filter((other) => other <= value).length * 100 >= percent * values.length) ?? Number.NaN;
    fc.assert(
      fc.property(few, (list) => {
        const found = findings(list);
        for (const who of ['alice', 'bob']) {
          isRaised(
            list,
            found,
            'much-read',
            who,
            some((values) => sum(values) >= 25),
            false,
          );
          isRaised(
            list,
            found,
            'little-read',
            who,
            some((values) => sum(values) < 5),
            true,
          );
          isRaised(
            list,
            found,
            'large-average',
            who,
            some((values) => sum(values) / values.length >= 12),
            true,
          );
          isRaised(
            list,
            found,
            'small-median',
            who,
            some((values) => rank(values, 50) <= 4),
            true,
          );
          isRaised(
            list,
            found,
            'large-top',
            who,
            some((values) => rank(values, 90) === 17),
            true,
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  test('a correlation over fields of different names: two of three rules within a minute', () => {
    fc.assert(
      fc.property(few, (list) => {
        const addressed = list.map(
          (item, i): Event =>
            i % 2 === 0 ? item : { ...item, raw: { ...item.raw, requestParameters: { bucketName: item.raw['sourceIPAddress'] ?? '' } } },
        );
        const found = [...findingsOf(digest(addressed), set.rules, 'default')].filter((f) => f.rule.id === 'same-address');
        for (const address of ['192.0.2.1', '192.0.2.2', '198.51.100.3']) {
          const matches = addressed.flatMap((item) => [
            ...(denied(item) && item.raw['sourceIPAddress'] === address ? [{ rule: 'denied', time: item.time }] : []),
            ...(called('GetObject')(item) && item.raw['sourceIPAddress'] === address ? [{ rule: 'read', time: item.time }] : []),
            ...(called('AssumeRole')(item) && (item.raw['requestParameters'] as JsonObject)['bucketName'] === address
              ? [{ rule: 'assumed', time: item.time }]
              : []),
          ]);
          const expected = matches.some(
            ({ time }) => new Set(matches.filter((m) => m.time >= time && m.time < time + 60_000).map((m) => m.rule)).size >= 2,
          );
          expect(found.some((f) => f.group['address'] === address)).toBe(expected);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('unusual_count fires on each day that has so many times what any of the days before had', () => {
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 60 }).chain(overDays), (list) => {
        const found = findings(list);
        const dayOf = (item: Event) => Math.floor(item.time / 86_400_000);
        for (const who of ['alice', 'bob']) {
          const mine = distinct(list.filter((item) => denied(item) && item.words.actor?.uid === who));
          const mineAll = list.filter((item) => denied(item) && item.words.actor?.uid === who);
          const buckets = (day: number) =>
            new Set(
              mineAll.filter((item) => dayOf(item) === day).map((item) => (item.raw['requestParameters'] as JsonObject)['bucketName']),
            ).size;
          const unusual = (countOn: (day: number) => number, learned: number, factor: number) =>
            [...new Set(mineAll.map(dayOf))]
              .filter((day) => {
                const before = Array.from({ length: 2 * learned }, (_, n) => countOn(day - 1 - n)).filter((n) => n > 0);
                return before.length >= learned && countOn(day) >= 2 && before.every((n) => countOn(day) >= factor * n);
              })
              .sort();
          const raised = (rule: string) =>
            found.filter((f) => f.rule.id === rule && f.group['userIdentity.arn'] === who).map((f) => f.bucket / 86_400_000);
          expect(raised('unusual-day').sort()).toEqual(unusual((day) => mine.filter((item) => dayOf(item) === day).length, 2, 1.5));
          expect(raised('unusual-buckets').sort()).toEqual(unusual(buckets, 1, 2));
        }
      }),
      { numRuns: 300 },
    );
  });

  test('impossible_travel fires on each day with two places that nobody goes between in the time', () => {
    fc.assert(
      fc.property(few, (list) => {
        const raised = findings(list).filter((f) => f.rule.id === 'far-apart');
        for (const who of ['alice', 'bob']) {
          const mine = list.filter((item) => denied(item) && item.words.actor?.uid === who);
          const isFar = (item: Event) => item.words.ip === '198.51.100.3';
          const pairs = mine.flatMap((a) =>
            mine.filter((b) => isFar(a) && !isFar(b) && Math.abs(a.time - b.time) < 60_000).map((b) => [a, b] as const),
          );
          const days = new Set(pairs.map(([a, b]) => Math.floor(Math.min(a.time, b.time) / 86_400_000) * 86_400_000));
          const own = raised.filter((f) => f.group['userIdentity.arn'] === who);
          expect(own.map((f) => f.bucket).sort()).toEqual([...days].sort());
          for (const { travel, evidence } of own) {
            expect(new Set([travel?.from, travel?.to]).has('1.3,103.8,SG')).toBe(true);
            expect(new Set(evidence.map(({ ip }) => ip)).has('198.51.100.3')).toBe(true);
            expect((travel?.toTime ?? 0) - (travel?.fromTime ?? 0)).toBeLessThan(60_000);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  test('first_seen fires for each value first seen after the learning period', () => {
    fc.assert(
      fc.property(events, (list) => {
        const found = findings(list).filter((f) => f.rule.id === 'new-address');
        const expected = ['alice', 'bob'].flatMap((who) => {
          const mine = list.filter((item) => item.words.actor?.uid === who && item.raw['eventName'] === 'AssumeRole');
          const began = Math.min(...mine.map((item) => item.time));
          return [...new Set(mine.map((item) => String(item.words.ip)))]
            .filter((ip) => Math.min(...mine.filter((item) => item.words.ip === ip).map((item) => item.time)) - began >= 300_000)
            .map((ip) => `${who} ${ip}`);
        });
        expect(found.map((f) => `${f.group['userIdentity.arn']} ${f.group['value']}`).sort()).toEqual(expected.sort());
      }),
      { numRuns: 100 },
    );
  });
});

test('the order of matches is total', () => {
  fc.assert(
    fc.property(events, (list) => {
      const items = digest(list).flatMap((entry) => (entry.digest.t === 'kept' ? entry.digest.items : []));
      for (const a of items) for (const b of items) expect(Math.sign(compareEvidence(a, b)) + Math.sign(compareEvidence(b, a))).toBe(0);
    }),
    { numRuns: 20 },
  );
});

describe('kept in a store by day, and judged piece by piece as batches come', () => {
  test('any batches in any order, each once or twice: what stands at the end is what the whole set gives', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 2, arbitrary: few }, { weight: 1, arbitrary: overDays(100) }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 86_400 }),
        fc.boolean(),
        fc.boolean(),
        (base, page, shift, reversed, again) => {
          // Around midnight, where days and windows meet.
          const list = base.map((item) => ({ ...item, time: item.time + shift * 1_000 }));
          const whole = new Set(bytes(digest(list)));
          const batches: Event[][] = [];
          for (let i = 0; i < list.length; i += page) batches.push(list.slice(i, i + page));
          if (reversed) batches.reverse();
          const stored = new Map<string, DigestBundle>();
          const standing = new Map<string, string>();
          for (const batch of again ? [...batches, ...batches] : batches) {
            const bundles = bundle(digest(batch), set);
            const touched = [...bundles.values()];
            const seen = new Map<string, DigestBundle>();
            // Only what the keys name is read from the store.
            for (const { key } of touched.flatMap((item) => neighbourhood(item, set))) {
              const known = stored.get(key);
              if (known !== undefined) seen.set(key, unpackBundle(JSON.parse(JSON.stringify(packBundle(known)))));
            }
            for (const item of touched) {
              const known = seen.get(item.key);
              const next = known === undefined ? item : joinBundles(known, item, set);
              seen.set(item.key, next);
              stored.set(item.key, next);
            }
            const { findings: standingNow, absent } = evaluate(touched, seen, set, 'default');
            for (const finding of standingNow) standing.set(finding.id, canonicalJson(finding));
            for (const id of absent) standing.delete(id);
          }
          expect(new Set(standing.values())).toEqual(whole);
        },
      ),
      { numRuns: 200 },
    );
  });
});
