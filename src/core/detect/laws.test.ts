import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../lib/canonical-json.ts';
import { mergeSorted } from '../lib/merge-sorted.ts';
import type { Event } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { Accumulator, type Entry } from './accumulator.ts';
import { compareEvidence, join } from './digest.ts';
import { bundle, type DigestBundle, evaluate, joinBundles, neighbourhood, packBundle, unpackBundle } from './digest-rows.ts';
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
`;
const parsed = parseRules(text, 'laws.yml');
const set = ruleSet(parsed.rules);

/** An event in words and raw, as collect makes them; the stages meet in the words only. */
function event(raw: { readonly [name: string]: string | number }): Event {
  const record: JsonObject = {
    eventSource: 's3.amazonaws.com',
    eventName: raw['name'] ?? '',
    eventID: raw['id'] ?? '',
    userIdentity: { arn: raw['who'] ?? '' },
    sourceIPAddress: raw['ip'] ?? '',
    requestParameters: { bucketName: raw['bucket'] ?? '' },
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

const events = fc.array(
  fc
    .record({
      name: fc.constantFrom('DeleteObject', 'AssumeRole', 'GetObject'),
      id: fc.integer({ min: 0, max: 400 }).map((n) => `e${n}`),
      who: fc.constantFrom('alice', 'bob'),
      ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.3'),
      bucket: fc.integer({ min: 0, max: 30 }).map((n) => `b${n}`),
      error: fc.constantFrom('', 'AccessDenied'),
      // Few seconds, so that windows, buckets and equal stamps all meet.
      time: fc.integer({ min: 0, max: 900 }).map((s) => 1_767_225_600_000 + s * 1_000),
    })
    .map(event),
  { maxLength: 150 },
);

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

const bytes = (entries: Iterable<Entry>) => [...findingsOf(entries, set.rules, 'default')].map((finding) => canonicalJson(finding));

test('the rules of this test compile', () => {
  expect(parsed.faults).toEqual([]);
  expect(set.rules.size).toBe(7);
});

describe('law 1: detections are a function of the set of events', () => {
  test('shuffled, doubled, and split over any number of workers in any way: the same bytes', () => {
    fc.assert(
      fc.property(
        events,
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
      { numRuns: 300 },
    );
  });

  test('put aside after every few events, or joined one by one: the same bytes', () => {
    fc.assert(
      fc.property(events, fc.integer({ min: 1, max: 20 }), (list, page) => {
        const whole = bytes(digest(list));
        const pages: Entry[][] = [];
        for (let i = 0; i < list.length; i += page) pages.push(digest(list.slice(i, i + page)));
        expect(bytes(joined(pages))).toEqual(whole);
        let sum: Entry[] = [];
        for (const part of pages.reverse()) sum = joined([part, sum, part]);
        expect(bytes(sum)).toEqual(whole);
      }),
      { numRuns: 200 },
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
        const denied = distinct(list.filter((item) => item.raw['errorCode'] === 'AccessDenied'));
        for (const who of ['alice', 'bob']) {
          const mine = denied.filter((item) => item.words.actor?.uid === who);
          const expected = mine.some(
            (start) => mine.filter((item) => item.time >= start.time && item.time < start.time + 60_000).length >= 3,
          );
          const raised = [...findingsOf(digest(list), set.rules, 'default')].some(
            (f) => f.rule.id === 'many-denied' && f.group['userIdentity.arn'] === who,
          );
          expect(raised).toBe(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('value_count and temporal fire exactly when a half-open window holds enough different values', () => {
    fc.assert(
      fc.property(events, (list) => {
        const found = [...findingsOf(digest(list), set.rules, 'default')];
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
      { numRuns: 300 },
    );
  });

  test('first_seen fires for each value first seen after the learning period', () => {
    fc.assert(
      fc.property(events, (list) => {
        const found = [...findingsOf(digest(list), set.rules, 'default')].filter((f) => f.rule.id === 'new-address');
        const expected = ['alice', 'bob'].flatMap((who) => {
          const mine = list.filter((item) => item.words.actor?.uid === who && item.raw['eventName'] === 'AssumeRole');
          const began = Math.min(...mine.map((item) => item.time));
          return [...new Set(mine.map((item) => String(item.words.ip)))]
            .filter((ip) => Math.min(...mine.filter((item) => item.words.ip === ip).map((item) => item.time)) - began >= 300_000)
            .map((ip) => `${who} ${ip}`);
        });
        expect(found.map((f) => `${f.group['userIdentity.arn']} ${f.group['value']}`).sort()).toEqual(expected.sort());
      }),
      { numRuns: 200 },
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
  test('any batches in any order, each twice: what stands at the end is what the whole set gives', () => {
    fc.assert(
      fc.property(
        events,
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 0, max: 86_400 }),
        fc.boolean(),
        (base, page, shift, reversed) => {
          // Around midnight, where days and windows meet.
          const list = base.map((item) => ({ ...item, time: item.time + shift * 1_000 }));
          const whole = new Set(bytes(digest(list)));
          const batches: Event[][] = [];
          for (let i = 0; i < list.length; i += page) batches.push(list.slice(i, i + page));
          if (reversed) batches.reverse();
          const stored = new Map<string, DigestBundle>();
          const standing = new Map<string, string>();
          for (const batch of [...batches, ...batches]) {
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
            const { findings, absent } = evaluate(touched, seen, set, 'default');
            for (const finding of findings) standing.set(finding.id, canonicalJson(finding));
            for (const id of absent) standing.delete(id);
          }
          expect(new Set(standing.values())).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });
});
