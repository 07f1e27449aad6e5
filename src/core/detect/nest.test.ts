import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../lib/canonical-json.ts';
import { mergeSorted } from '../lib/merge-sorted.ts';
import type { Event } from '../model/event.ts';
import type { Finding } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import { type CorrelationRule, groupedBy } from '../model/rule.ts';
import { Accumulator } from './accumulator.ts';
import { join } from './digest.ts';
import { bundle, type DigestBundle, evaluate, joinBundles, neighbourhood, packBundle, unpackBundle } from './digest-rows.ts';
import type { Entry } from './entry.ts';
import { findingsOf } from './findings-of.ts';
import { keptBy, type RuleSet, ruleSet } from './rule-set.ts';
import { parseRules } from './sigma/parse-rules.ts';

const calls = { denied: 'GetObject', assumed: 'AssumeRole', read: 'ListBuckets' } as const;
type Call = keyof typeof calls;
const base = Object.entries(calls)
  .map(
    ([name, eventName]) =>
      `---\ntitle: ${name}\nname: ${name}\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName: ${eventName} }, condition: s }\n`,
  )
  .join('');
const paths = { who: 'userIdentity.arn', ip: 'sourceIPAddress', bucket: 'requestParameters.bucketName' } as const;
type Field = keyof typeof paths;

interface Told {
  readonly call: Call;
  readonly id: number;
  readonly who: string;
  readonly ip: string;
  readonly bucket: string;
  /** Seconds. */
  readonly time: number;
}

const began = 1_767_225_600_000;

function event({ call, id, who, ip, bucket, time }: Told): Event {
  return {
    source: 'aws.cloudtrail',
    key: `111122223333/e${id}`,
    time: began + time * 1_000,
    raw: {
      eventSource: 's3.amazonaws.com',
      eventName: calls[call],
      eventID: `e${id}`,
      userIdentity: { arn: who },
      sourceIPAddress: ip,
      requestParameters: { bucketName: bucket },
    },
    words: {
      operation: calls[call],
      service: 's3.amazonaws.com',
      account: '111122223333',
      region: 'eu-west-1',
      ip,
      actor: { type: 'IAMUser', uid: who, name: who },
    },
  };
}

function compile(correlations: string): RuleSet {
  const { rules, faults } = parseRules(`${correlations}${base}`, 'nest.yml');
  expect(faults).toEqual([]);
  return ruleSet(rules);
}

function digest(set: RuleSet, list: readonly Event[]): Entry[] {
  const accumulator = new Accumulator(set);
  for (const item of list) accumulator.add(item);
  return accumulator.drain();
}

function joined(set: RuleSet, parts: readonly Entry[][]): Entry[] {
  const ruleOf = (id: string) => {
    const rule = set.rules.get(id);
    if (rule === undefined) throw new Error('no rule');
    return rule;
  };
  return [
    ...mergeSorted(
      parts,
      (e) => e.key,
      (a, b) => ({ ...a, digest: join(a.digest, b.digest, keptBy(ruleOf(a.rule))) }),
    ),
  ];
}

const findings = (set: RuleSet, entries: readonly Entry[]): Finding[] => [...findingsOf(entries, set.rules, 'default')];
const bytes = (set: RuleSet, entries: readonly Entry[]) => findings(set, entries).map((finding) => canonicalJson(finding));

/** What stands after these batches came to a store one after the other. */
function stored(set: RuleSet, batches: readonly (readonly Event[])[]): ReadonlySet<string> {
  const rows = new Map<string, string>();
  const standing = new Map<string, string>();
  for (const batch of batches) {
    const bundles = bundle(digest(set, batch), set);
    const touched = [...bundles.values()];
    const seen = new Map<string, DigestBundle>();
    // Only what the keys name is read from the store.
    for (const { key } of touched.flatMap((item) => neighbourhood(item, set))) {
      const row = rows.get(key);
      if (row !== undefined) seen.set(key, unpackBundle(JSON.parse(row)));
    }
    for (const item of touched) {
      const known = seen.get(item.key);
      const next = known === undefined ? item : joinBundles(known, item, set);
      seen.set(item.key, next);
      rows.set(item.key, JSON.stringify(packBundle(next)));
    }
    const { findings: now, absent } = evaluate(touched, seen, set, 'default');
    for (const finding of now) standing.set(finding.id, canonicalJson(finding));
    for (const id of absent) standing.delete(id);
  }
  return new Set(standing.values());
}

/** A rule of a random tree, as text. */
interface Drawn {
  readonly name: string;
  readonly text: string;
}

/** A correlation of random types over random correlations and rules, the outermost first. */
function drawTree(draw: (below: number) => number, spans: readonly string[], deep: number): readonly Drawn[] {
  let names = 0;
  const grow = (groupBy: readonly Field[], left: number): readonly Drawn[] => {
    const name = `n${names++}`;
    const type = (['event_count', 'value_count', 'temporal', 'temporal_ordered'] as const)[draw(4)] ?? 'temporal';
    const field = type === 'value_count' ? ((['ip', 'bucket'] as const)[draw(2)] ?? 'ip') : null;
    const below: Drawn[] = [];
    const rules: string[] = [];
    for (let n = 1 + draw(type.startsWith('temporal') ? 3 : 2); n > 0; n--) {
      // The outermost has one correlation below it at least.
      if (left > 0 && (draw(2) === 0 || (names === 1 && n === 1))) {
        const own = (['who', 'ip'] as const).filter(() => draw(2) === 0);
        const inner = grow([...new Set([...groupBy, ...(field === null ? [] : [field]), ...own])], left - 1);
        rules.push(inner[0]?.name ?? '');
        below.push(...inner);
      } else rules.push(Object.keys(calls)[draw(3)] ?? '');
    }
    const different = new Set(rules).size;
    const condition = {
      event_count: `, condition: { gte: ${1 + draw(3)} }`,
      value_count: `, condition: { field: ${field === null ? '' : paths[field]}, gte: ${1 + draw(3)} }`,
      temporal: `, condition: { gte: ${1 + draw(different)} }`,
      temporal_ordered: '',
    }[type];
    const own = `type: ${type}, rules: [${rules.join(', ')}], group-by: [${groupBy.map((one) => paths[one]).join(', ')}], timespan: ${spans[draw(spans.length)]}${condition}`;
    return [{ name, text: `---\ntitle: ${name}\nname: ${name}\ncorrelation: { ${own} }\n` }, ...below];
  };
  return grow(draw(2) === 0 ? [] : ['who'], deep);
}

/** Something that happened to a rule: a match of it, or a time at which it held. */
interface Point {
  readonly time: number;
  readonly input: string;
  readonly what: string;
}

/**
 * The definition, without digests: a correlation below another holds at the first and at the last time in each slice at which
 * the span that ends there has enough; the outermost is told for each day in which a span begins that has.
 */
function slowly(set: RuleSet, rule: CorrelationRule, list: readonly Event[]): ReadonlySet<string> {
  const nested = new Map((rule.nested ?? []).map((one) => [one.id, one]));
  const slice = Math.min(rule.timespan, ...[...nested.values()].map((one) => one.timespan));
  const sliceOf = (time: number) => Math.floor(time / slice) * slice;
  const at = (record: JsonObject, path: string) =>
    String(path.split('.').reduce<unknown>((value, name) => (value as JsonObject)[name], record));

  function pointsByGroup(node: CorrelationRule): Map<string, Point[]> {
    const groups = new Map<string, Point[]>();
    const put = (group: JsonObject, point: Point) => {
      const name = canonicalJson(group);
      groups.set(name, [...(groups.get(name) ?? []), point]);
    };
    for (const input of new Set(node.rules)) {
      const inner = nested.get(input);
      if (inner !== undefined) {
        for (const [group, points] of pointsByGroup(inner)) {
          const fields = JSON.parse(group) as JsonObject;
          const outer = Object.fromEntries(node.groupBy.map((name) => [name, fields[groupedBy(node, name, input)] ?? '']));
          const times = [...new Set(points.map(({ time }) => time))].filter((time) =>
            isEnough(
              inner,
              points.filter((point) => point.time > time - inner.timespan && point.time <= time),
              { endsAt: time },
            ),
          );
          for (const start of new Set(times.map(sliceOf))) {
            const own = times.filter((time) => sliceOf(time) === start);
            const counted = node.type === 'value_count' ? String(fields[node.field ?? '']) : `${input} ${group} ${start}`;
            for (const time of [Math.min(...own), Math.max(...own)]) put(outer, { time, input, what: counted });
          }
        }
        continue;
      }
      const matching = list.filter(({ raw }) => raw['eventName'] === calls[input as Call]);
      for (const { raw, time, key } of matching) {
        const what = node.type === 'value_count' ? at(raw, node.field ?? '') : `${time} ${key}`;
        const group = (record: JsonObject) => Object.fromEntries(node.groupBy.map((path) => [path, at(record, path)]));
        // Of a value the first and the last in a slice count.
        const like = matching
          .filter(
            (other) =>
              sliceOf(other.time) === sliceOf(time) &&
              canonicalJson(group(other.raw)) === canonicalJson(group(raw)) &&
              (node.type !== 'value_count' || at(other.raw, node.field ?? '') === what),
          )
          .map((other) => other.time);
        if (node.type === 'value_count' && time !== Math.min(...like) && time !== Math.max(...like)) continue;
        put(group(raw), { time, input, what });
      }
    }
    return groups;
  }

  function isEnough(
    node: CorrelationRule,
    window: readonly Point[],
    ends: { readonly endsAt?: number; readonly beginsAt?: number },
  ): boolean {
    if (node.type === 'temporal_ordered') {
      const follow = (n: number, since: number): boolean =>
        n === node.rules.length ||
        window.some(
          ({ input, time }) =>
            input === node.rules[n] &&
            time >= since &&
            (n > 0 || ends.beginsAt === undefined || time === ends.beginsAt) &&
            (n < node.rules.length - 1 || ends.endsAt === undefined || time === ends.endsAt) &&
            follow(n + 1, time),
        );
      return follow(0, 0);
    }
    return new Set(window.map(({ input, what }) => (node.type === 'temporal' ? input : what))).size >= node.threshold;
  }

  const day = 86_400_000;
  const told = new Set<string>();
  for (const [group, points] of pointsByGroup(rule)) {
    for (const { time } of points) {
      const window = points.filter((point) => point.time >= time && point.time < time + rule.timespan);
      if (isEnough(rule, window, { beginsAt: time })) told.add(`${group} ${Math.floor(sliceOf(time) / day)}`);
    }
  }
  expect(set.rules.get(rule.id)).toBe(rule);
  return told;
}

const told = (time: fc.Arbitrary<number>): fc.Arbitrary<Told> =>
  fc.record({
    call: fc.constantFrom<Call>('denied', 'assumed', 'read'),
    id: fc.integer({ min: 0, max: 500 }),
    who: fc.constantFrom('alice', 'bob'),
    ip: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.3'),
    bucket: fc.constantFrom('a', 'b', 'c'),
    time,
  });
/** One id is one event. */
const events = (time: fc.Arbitrary<number>, maxLength: number) =>
  fc.uniqueArray(told(time), { maxLength, selector: ({ id }) => id }).map((list) => list.map(event));
/** Steps of ten seconds, at most nine in the longest slice: fewer than are kept. */
const minutes = fc.integer({ min: 0, max: 40 }).map((n) => n * 10);
const spansOfMinutes = ['20s', '30s', '60s', '90s'];
/** Hours, over some days. */
const days = fc.integer({ min: 0, max: 35 }).map((n) => n * 7_200);
const spansOfDays = ['4h', '12h', '1d', '36h'];
const worlds = fc.oneof(
  fc.record({ list: events(minutes, 40), spans: fc.constant(spansOfMinutes) }),
  fc.record({ list: events(days, 40), spans: fc.constant(spansOfDays) }),
);
const draws = fc.infiniteStream(fc.integer({ min: 0, max: 1_000_000 }));

function setOf(random: Iterator<number>, spans: readonly string[]): { readonly set: RuleSet; readonly outermost: CorrelationRule } {
  const tree = drawTree((below) => Number(random.next().value) % below, spans, 2);
  const set = compile(tree.map(({ text }) => text).join(''));
  const outermost = set.rules.get('n0');
  if (outermost?.kind !== 'correlation') throw new Error('no correlation');
  return { set, outermost };
}

describe('correlations over correlations, of random trees', () => {
  test('are told for the groups and days that the definition gives', () => {
    let raised = 0;
    fc.assert(
      fc.property(worlds, draws, ({ list, spans }, random) => {
        const { set, outermost } = setOf(random, spans);
        const found = findings(set, digest(set, list)).filter((finding) => finding.rule.id === 'n0');
        raised += found.length;
        expect(found.map(({ group, bucket }) => `${canonicalJson(group)} ${bucket / 86_400_000}`).sort()).toEqual(
          [...slowly(set, outermost, list)].sort(),
        );
      }),
      { numRuns: 500 },
    );
    expect(raised).toBeGreaterThan(100);
  });

  test('shuffled, doubled, split over workers, or come to a store in batches: the same bytes', () => {
    fc.assert(
      fc.property(
        worlds,
        draws,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 86_400 }),
        ({ list: all, spans }, random, workers, shift) => {
          const { set } = setOf(random, spans);
          const draw = () => Number(random.next().value);
          // Around midnight, where days and windows meet.
          const list = all.map((item) => ({ ...item, time: item.time + shift * 1_000 }));
          const whole = bytes(set, digest(set, list));
          const parts: Event[][] = Array.from({ length: workers }, () => []);
          for (const item of list) {
            parts[draw() % workers]?.push(item);
            if (draw() % 3 === 0) parts[draw() % workers]?.push(item);
          }
          for (const part of parts) part.sort(() => (draw() % 2 === 0 ? 1 : -1));
          const digests = parts.map((part) => digest(set, part));
          expect(bytes(set, joined(set, digests))).toEqual(whole);
          expect(bytes(set, joined(set, [...digests, ...digests.toReversed()]))).toEqual(whole);
          expect(stored(set, parts)).toEqual(new Set(whole));
          expect(stored(set, [...parts.toReversed(), ...parts])).toEqual(new Set(whole));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('more than is kept, and one id with several bytes: still the same bytes', () => {
    const crowded = fc.array(told(fc.integer({ min: 0, max: 100 })), { minLength: 100, maxLength: 300 }).map((list) => list.map(event));
    fc.assert(
      fc.property(crowded, draws, fc.integer({ min: 1, max: 40 }), (list, random, page) => {
        const { set } = setOf(random, spansOfMinutes);
        const whole = bytes(set, digest(set, list));
        const pages: Event[][] = [];
        for (let i = 0; i < list.length; i += page) pages.push(list.slice(i, i + page));
        expect(
          bytes(
            set,
            joined(
              set,
              pages.reverse().map((part) => digest(set, part)),
            ),
          ),
        ).toEqual(whole);
        expect(stored(set, pages)).toEqual(new Set(whole));
      }),
      { numRuns: 25 },
    );
  });
});

describe('a sign-in after guessing', () => {
  const guessed = (more = '') =>
    `---\ntitle: guessed\nname: guessed\ncorrelation: { type: event_count, rules: [denied], group-by: [${paths.who}, ${paths.ip}], timespan: 10m, condition: { gte: 3 }${more} }\n`;
  const cameIn = (more = '') =>
    `title: came in\nname: came-in\ncorrelation: { type: temporal_ordered, rules: [guessed, assumed], group-by: [${paths.who}], timespan: 1m${more} }\n`;
  const set = compile(cameIn() + guessed());
  let ids = 0;
  const at = (call: Call, time: number, ip = '192.0.2.1', who = 'alice') => event({ call, id: ids++, who, ip, bucket: 'a', time });
  const raised = (list: readonly Event[], of = set) => findings(of, digest(of, list)).map(({ rule }) => rule.id);

  test.each<[string, readonly Event[], boolean]>([
    ['three refused and one let in', [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 30)], true],
    ['at the same time as the third', [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 20)], true],
    ['two refused', [at('denied', 0), at('denied', 10), at('assumed', 30)], false],
    ['let in before the third', [at('denied', 0), at('denied', 10), at('assumed', 15), at('denied', 20)], false],
    ['just within the minute', [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 79)], true],
    ['a minute later', [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 80)], false],
    ['the third just within ten minutes', [at('denied', 0), at('denied', 10), at('denied', 599), at('assumed', 600)], true],
    ['the third ten minutes later', [at('denied', 0), at('denied', 10), at('denied', 600), at('assumed', 600)], false],
    [
      'from three addresses, which the inner one tells apart',
      [at('denied', 0), at('denied', 10, '192.0.2.2'), at('denied', 20, '198.51.100.3'), at('assumed', 30)],
      false,
    ],
    [
      'let in from another address, which the outer one does not',
      [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 30, '198.51.100.3')],
      true,
    ],
    ['another person', [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 30, '192.0.2.1', 'bob')], false],
    [
      'after more than are kept, of which the last is near',
      [...Array.from({ length: 250 }, (_, n) => at('denied', n * 2)), at('assumed', 540)],
      true,
    ],
    [
      'after a minute of them, of which the last is near',
      [...Array.from({ length: 59 }, (_, n) => at('denied', n)), at('assumed', 117)],
      true,
    ],
    ['over midnight', [at('denied', 86_300), at('denied', 86_380), at('denied', 86_390), at('assumed', 86_401)], true],
  ])('%s', (_, list, expected) => {
    expect(raised(list)).toEqual(expected ? ['came-in'] : []);
  });

  test('an order below a count ends within its timespan', () => {
    const text = `title: o\nname: o\ncorrelation: { type: event_count, rules: [i], group-by: [], timespan: 5m, condition: { gte: 1 } }\n---\ntitle: i\nname: i\ncorrelation: { type: temporal_ordered, rules: [denied, assumed], group-by: [${paths.who}], timespan: 1m }\n`;
    const counting = compile(text);
    expect(raised([at('denied', 0), at('assumed', 59)], counting)).toEqual(['o']);
    expect(raised([at('denied', 0), at('assumed', 60)], counting)).toEqual([]);
  });

  test('the finding has the inner events and the outer one, however many there are', () => {
    const list = [...Array.from({ length: 250 }, (_, n) => at('denied', n * 2)), at('assumed', 520)];
    const [finding] = findings(set, digest(set, list));
    expect(finding?.evidence.at(-1)).toMatchObject({ rule: 'assumed', time: began + 520_000 });
    expect(new Set(finding?.evidence.map(({ rule }) => rule))).toEqual(new Set(['denied', 'assumed']));
    // Of those at the beginning and of those before the sign-in.
    expect(finding?.evidence[0]?.time).toBeLessThan(began + 420_000);
    expect(finding?.evidence.at(-2)?.time).toBe(began + 498_000);
    expect(finding?.count.atLeast).toBe(true);
    expect(finding?.group).toEqual({ [paths.who]: 'alice' });
    expect(finding?.message).toContain('alice');
  });

  test('of four refused all are told, though three are enough', () => {
    const list = [at('denied', 0), at('denied', 10), at('denied', 20), at('denied', 25), at('assumed', 30)];
    const [finding] = findings(set, digest(set, list));
    expect(finding?.count).toEqual({ n: 5, atLeast: false });
  });

  test('what is below raises nothing itself, unless the correlation over it says so', () => {
    const list = [at('denied', 0), at('denied', 10), at('denied', 20), at('assumed', 30)];
    expect(raised(list, compile(cameIn(', generate: true') + guessed()))).toEqual(['assumed', 'came-in', 'guessed']);
    expect(raised(list, compile(cameIn() + guessed(', generate: true')))).toEqual(['came-in', 'denied']);
  });

  test('an inner field may have another name in the outer group', () => {
    const text = `title: o\nname: o\ncorrelation:\n  type: temporal\n  rules: [many, assumed]\n  group-by: [address]\n  timespan: 5m\n  aliases: { address: { many: from, assumed: ${paths.bucket} } }\n---\ntitle: m\nname: many\ncorrelation: { type: event_count, rules: [denied], group-by: [from], timespan: 5m, condition: { gte: 2 }, aliases: { from: { denied: ${paths.ip} } } }\n`;
    const named = compile(text);
    const list = [at('denied', 0), at('denied', 1), at('assumed', 2)];
    const bucketed = (bucket: string) => list.map((item) => ({ ...item, raw: { ...item.raw, requestParameters: { bucketName: bucket } } }));
    expect(findings(named, digest(named, bucketed('192.0.2.1'))).map(({ group }) => group)).toEqual([{ address: '192.0.2.1' }]);
    expect(findings(named, digest(named, bucketed('192.0.2.2')))).toEqual([]);
  });
});

describe('what cannot be over each other is refused, with its line and why', () => {
  const outer = (over: string, more = 'timespan: 1h') =>
    `title: o\nname: o\ncorrelation:\n  type: temporal\n  rules: [${over}]\n  group-by: [${paths.who}]\n  ${more}\n`;
  const inner = (own: string, name = 'i') => `---\ntitle: ${name}\nname: ${name}\ncorrelation: { rules: [denied], timespan: 1h, ${own} }\n`;
  test.each<[string, string, readonly (readonly [number, string])[]]>([
    ['nobody', outer('gone'), [[5, '"gone", which is not here']]],
    ['itself', outer('o'), [[5, '"o", which ends in a circle']]],
    [
      'a circle',
      outer('i') + inner(`type: event_count, rules: [o], group-by: [${paths.who}], condition: { gte: 2 }`).replace('rules: [denied], ', ''),
      [
        [5, '"i", which ends in a circle'],
        [11, '"o", which ends in a circle'],
      ],
    ],
    [
      'a field that the inner one does not group by',
      outer('i') + inner(`type: event_count, group-by: [${paths.ip}], condition: { gte: 2 }`),
      [[6, `it groups by "${paths.who}", which the correlation "i" does not group by`]],
    ],
    [
      'a count of such a field',
      `title: o\nname: o\ncorrelation:\n  type: value_count\n  rules: [i]\n  group-by: [${paths.who}]\n  timespan: 1h\n  condition: { field: ${paths.ip}, gte: 2 }\n${inner(`type: event_count, group-by: [${paths.who}], condition: { gte: 2 }`)}`,
      [[6, `it counts "${paths.ip}", which the correlation "i" does not group by`]],
    ],
    [
      'one that learns',
      outer('i') + inner(`type: first_seen, group-by: [${paths.who}], condition: { field: ${paths.ip} }`),
      [[5, 'the correlation "i" is "first_seen"']],
    ],
    [
      'one that more events make false',
      outer('i') + inner(`type: event_count, group-by: [${paths.who}], condition: { lte: 2 }`),
      [[5, 'the correlation "i" is a "event_count" with an upper bound']],
    ],
    [
      'a sum of correlations',
      `title: o\nname: o\ncorrelation:\n  type: value_sum\n  rules: [i]\n  group-by: []\n  timespan: 1h\n  condition: { field: bytes, gte: 2 }\n${inner('type: event_count, condition: { gte: 2 }')}`,
      [[5, '"value_sum" cannot be over a correlation']],
    ],
    [
      'more than a month together',
      outer('i', 'timespan: 30d') + inner(`type: event_count, group-by: [${paths.who}], condition: { gte: 2 }`),
      [[5, 'more than 30 days together']],
    ],
    [
      'one that is refused',
      outer('i') +
        inner(`type: event_count, rules: [gone], group-by: [${paths.who}], condition: { gte: 2 }`).replace('rules: [denied], ', ''),
      [
        [11, '"gone", which is not here'],
        [5, '"i", which is refused itself'],
      ],
    ],
  ])('%s', (_, text, expected) => {
    const { faults } = parseRules(text + base, 'nest.yml');
    expect(faults.map(({ line, reason }) => [line, reason])).toEqual(
      expected.map(([line, reason]) => [line, expect.stringContaining(reason)]),
    );
  });

  test('more below it than is looked at', () => {
    const one = (n: number) =>
      `---\ntitle: c\nname: c${n}\ncorrelation: { type: event_count, rules: [${n === 0 ? 'denied' : `c${n - 1}`}], group-by: [], timespan: 1h, condition: { gte: 1 } }\n`;
    const { rules, faults } = parseRules(Array.from({ length: 2_000 }, (_, n) => one(1_999 - n)).join('') + base, 'nest.yml');
    expect(faults[0]?.reason).toContain('more than 16 correlations below it');
    expect(rules.flatMap(({ id }) => (id.startsWith('c') ? [id] : []))).toHaveLength(17);
  });
});
