import fc from 'fast-check';
import { expect, test } from 'vitest';
import { administers } from '../lib/administers.ts';
import { contains, parseAddress, parseBlock } from '../lib/cidr.ts';
import { grants } from '../lib/grants.ts';
import { compileRegex } from '../lib/regex.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { type EventRule, type Expr, grantedTo, type Test } from '../model/rule.ts';
import { compileRules } from './compile.ts';
import { listIndex } from './list-index.ts';

/** The meaning of a condition, written down as plainly as it goes: no memory, no index, no order of asking. */
function holds(expr: Expr, record: JsonObject): boolean {
  switch (expr.op) {
    case 'constant':
      return expr.value;
    case 'and':
      return expr.of.map((part) => holds(part, record)).every(Boolean);
    case 'or':
      return expr.of.map((part) => holds(part, record)).some(Boolean);
    case 'not':
      return !holds(expr.of, record);
    case 'keyword':
      return meets(record, expr.test, record);
    case 'field':
      return meets(at(record, expr.path), expr.test, record);
    default:
      return expr satisfies never;
  }
}

function meets(value: Json | undefined, test: Test, record: JsonObject): boolean {
  const isThere = value !== undefined && value !== null;
  if (test.is === 'exists') return isThere === test.want;
  if (test.is === 'null') return !isThere;
  if (!isThere) return false;
  if (test.is === 'grants') {
    const asked = typeof value === 'object' ? value : String(value);
    if (test.to === 'administration') return administers(asked);
    const to = grants(asked);
    if (test.to === 'anyone') return to.anyone;
    const others = [...to.accounts].filter((account) => account !== record['recipientAccountId']);
    const isIn = (account: string, list: string) => (lists.get(list) ?? []).includes(account);
    if (test.to === 'sister-account') return others.some((account) => isIn(account, 'own-accounts'));
    const foreign = others.filter((account) => !isIn(account, 'own-accounts'));
    return foreign.some((account) => test.to === 'foreign-account' || !isIn(account, 'known-accounts'));
  }
  if (test.is === 'fieldref') {
    return scalars(at(record, test.path)).some((other) =>
      scalars(value).some((mine) => compares(mine, { is: test.how, text: test.cased ? other : other.toLowerCase(), cased: test.cased })),
    );
  }
  if (typeof value !== 'object') return compares(String(value), test);
  return [...leaves(value), JSON.stringify(value)].some((leaf) => compares(leaf, test));
}

function compares(value: string, test: Test): boolean {
  const text = 'cased' in test && test.cased ? value : value.toLowerCase();
  switch (test.is) {
    case 'windash':
      return compares(dashed(value), test.of);
    case 'number': {
      // Scaled to whole numbers, where nothing is rounded.
      const [mine, than] = [scaled(value), scaled(test.than)];
      if (mine === null || than === null) return false;
      return { gt: mine > than, gte: mine >= than, lt: mine < than, lte: mine <= than }[test.compare];
    }
    case 'time': {
      const iso = new Date(value.length === 10 ? Number(value) * 1_000 : `${value.replace(' ', 'T').replace(/Z?$/, 'Z')}`);
      if (!/^\d{4}-\d{2}-\d{2}[T ][\d:.]+Z?$|^\d{10}$/.test(value) || Number.isNaN(iso.getTime())) return false;
      const text = iso.toISOString();
      const part = Number(
        {
          minute: text.slice(14, 16),
          hour: text.slice(11, 13),
          day: text.slice(8, 10),
          month: text.slice(5, 7),
          year: text.slice(0, 4),
          week: '',
        }[test.part],
      );
      return { gt: part > test.than, gte: part >= test.than, lt: part < test.than, lte: part <= test.than, equals: part === test.than }[
        test.compare
      ];
    }
    case 'in-list':
      return (lists.get(test.list) ?? []).some((entry) => {
        const [block, address] = [parseBlock(entry), parseAddress(value)];
        if (test.how === 'cidr') return block !== null && address !== null && contains(block, address);
        if (test.how === 'domain-suffix') return `.${value.toLowerCase()}`.endsWith(`.${entry.toLowerCase()}`);
        return text === (test.cased ? entry : entry.toLowerCase());
      });
    case 'equals':
      return text === test.text;
    case 'contains':
      return text.indexOf(test.text) >= 0;
    case 'startswith':
      return text.slice(0, test.text.length) === test.text;
    case 'endswith':
      return test.text === '' || text.slice(-test.text.length) === test.text;
    case 'glob':
      return globs(
        test.pieces.flatMap((piece, i) => [...(i > 0 ? ['*' as const] : []), ...piece.flatMap(units)]),
        [...units(text)],
      );
    case 're': {
      const regex = compileRegex(test.source, test.flags);
      return !('error' in regex) && regex.matches(value);
    }
    case 'cidr': {
      const [block, address] = [parseBlock(test.block), parseAddress(value)];
      return block !== null && address !== null && contains(block, address);
    }
    default:
      throw new Error(`no comparison of texts: ${test.is}`);
  }
}

function dashed(text: string): string {
  return [...text].map((c) => ('/\u2013\u2014\u2015'.includes(c) ? '-' : c)).join('');
}

function scaled(text: string): bigint | null {
  const match = /^([+-]?)(\d+)(?:\.(\d{1,9}))?$/.exec(text);
  if (match === null) return null;
  return BigInt(`${match[1] === '-' ? '-' : ''}${match[2]}${(match[3] ?? '').padEnd(9, '0')}`);
}

const lists = new Map([
  ['own-accounts', ['111122223333', '777788889999']],
  ['known-accounts', ['888899990000']],
  ['addresses', ['192.0.2.0/25', '192.0.2.7', '2001:db8::/64', '198.51.100.9', 'no block']],
  ['words', ['Ab*', 'getobject', '10']],
  ['domains', ['example.com', 'b.test']],
]);

type Unit = '*' | null | { readonly is: string };

function units(text: string | null): Unit[] {
  return text === null ? [null] : Array.from({ length: text.length }, (_, i) => ({ is: text.charAt(i) }));
}

function globs(pattern: readonly Unit[], text: readonly Unit[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return globs(rest, text) || (text.length > 0 && globs(pattern, text.slice(1)));
  const [unit, ...more] = text;
  return unit !== undefined && unit !== '*' && unit !== null && (first === null || first.is === unit.is) && globs(rest, more);
}

function at(record: JsonObject, path: string): Json | undefined {
  const found = walk(record, path.split('.'));
  if (found !== undefined || !path.includes('.')) return found === unknown ? undefined : (found as Json | undefined);
  return own(record, path);
}

/** Stands for a list that was looked into in vain: a key with dots is not asked then. */
const unknown = Symbol('nothing in the list');

function walk(value: Json, names: readonly string[]): Json | undefined | typeof unknown {
  const [name, ...rest] = names;
  if (name === undefined) return value;
  if (Array.isArray(value)) {
    const found = inLists(value, names);
    return found.length === 0 ? unknown : found;
  }
  const next = own(value, name);
  return next === undefined ? undefined : walk(next, rest);
}

function inLists(value: Json, names: readonly string[]): Json[] {
  if (Array.isArray(value)) return value.flatMap((item: Json) => inLists(item, names));
  const [name, ...rest] = names;
  if (name === undefined) return value === null ? [] : [value];
  const next = own(value, name);
  return next === undefined ? [] : inLists(next, rest);
}

function own(value: Json, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return Object.entries(value).find(([key]) => key === name)?.[1];
}

function leaves(value: Json): string[] {
  if (value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(leaves) : [String(value)];
}

function scalars(value: Json | undefined): string[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.filter((item) => item !== null && typeof item !== 'object').map(String);
  return typeof value === 'object' ? [] : [String(value)];
}

const names = ['eventName', 'errorCode', 'a', 'a.b', '__proto__', 'constructor'];
const inner = ['b', 'c', 'constructor', '__proto__'];
// Few, so that rules and records meet.
const paths = [
  ...names,
  'eventSource',
  'a.b',
  'a.b',
  'a.c',
  'a.b.c',
  'a.__proto__',
  'a.constructor',
  '__proto__.b',
  'constructor.b',
  'toString',
  'a.length',
];
const words = [
  '',
  'a',
  'A',
  'ab',
  'Ab*',
  'b?',
  'GetObject',
  'getobject',
  'DeleteObject',
  '192.0.2.7',
  '2001:db8::1',
  '10',
  'true',
  'null',
  'ß',
  'İ',
  'a.Example.com',
  'notexample.com',
  '192.0.2.200',
  '-a /b \u2013B',
  '9007199254740993',
  '-1.5',
  '10.000',
  '2026-02-03T04:05:06Z',
  '1769999999',
];
const word = fc.constantFrom(...words);
const cased = fc.boolean();
const texts = fc.tuple(word, cased).map(([text, is]) => ({ text: is ? text : text.toLowerCase(), cased: is }));

const tests: fc.Arbitrary<Test> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(fc.constantFrom('equals', 'contains', 'startswith', 'endswith'), texts).map(([is, how]) => ({ is, ...how })),
  },
  fc.boolean().map((want) => ({ is: 'exists', want }) as const),
  fc.constant({ is: 'null' } as const),
  fc.constantFrom('192.0.2.0/24', '2001:db8::/32', '0.0.0.0/0').map((block) => ({ is: 'cidr', block }) as const),
  fc.constantFrom('^a', 'b$', '[0-9]+', 'Get|Delete', '(a+)+$').map((source) => ({ is: 're', source, flags: '' }) as const),
  fc
    .tuple(
      fc.array(fc.array(fc.option(fc.constantFrom('a', 'b', 'ob', 'e'), { nil: null }), { maxLength: 2 }), { minLength: 1, maxLength: 3 }),
      cased,
    )
    .map(([pieces, is]) => ({ is: 'glob', pieces, cased: is }) as const),
  fc
    .tuple(fc.constantFrom(...paths), fc.constantFrom('equals', 'contains', 'startswith', 'endswith'), cased)
    .map(([path, how, is]) => ({ is: 'fieldref', path, how, cased: is }) as const),
  fc
    .tuple(fc.constantFrom('gt', 'gte', 'lt', 'lte'), fc.constantFrom('10', '-1.5', '9007199254740992', '0.5'))
    .map(([compare, than]) => ({ is: 'number', compare, than }) as const),
  fc
    .tuple(
      fc.constantFrom('minute', 'hour', 'day', 'month', 'year'),
      fc.constantFrom('gt', 'gte', 'lt', 'lte', 'equals'),
      fc.constantFrom(2, 3, 4, 5, 2026),
    )
    .map(([part, compare, than]) => ({ is: 'time', part, compare, than }) as const),
  fc
    .tuple(fc.constantFrom('equals', 'contains'), fc.constantFrom('-a', 'a', '-b'), cased)
    .map(([is, text, how]) => ({ is: 'windash', of: { is, text, cased: how } }) as const),
  fc
    .tuple(fc.constantFrom(...lists.keys(), 'none'), fc.constantFrom('equals', 'domain-suffix', 'cidr'), cased)
    .map(([list, how, is]) => ({ is: 'in-list', list, how, cased: is }) as const),
  fc.constantFrom(...grantedTo).map((to) => ({ is: 'grants', to }) as const),
);

const exprs = fc.letrec<{ expr: Expr }>((tie) => ({
  expr: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    { weight: 6, arbitrary: fc.record({ op: fc.constant('field'), path: fc.constantFrom(...paths), test: tests }) as fc.Arbitrary<Expr> },
    fc.record({ op: fc.constant('keyword'), test: tests.filter((t) => t.is !== 'fieldref' && t.is !== 'grants') }) as fc.Arbitrary<Expr>,
    fc.record({ op: fc.constant('constant'), value: fc.boolean() }) as fc.Arbitrary<Expr>,
    { weight: 2, arbitrary: fc.record({ op: fc.constant('not'), of: tie('expr') }) as fc.Arbitrary<Expr> },
    {
      weight: 6,
      arbitrary: fc.record({ op: fc.constantFrom('and', 'or'), of: fc.array(tie('expr'), { maxLength: 4 }) }) as fc.Arbitrary<Expr>,
    },
  ),
})).expr;

const policy = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}';
const scalar: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: word },
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    10,
    -1.5,
    policy,
    '444455556666',
    '777788889999',
    ['777788889999', '444455556666'],
    ['888899990000'],
    'x'.repeat(600),
  ),
);
const values = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 3, arbitrary: scalar },
    fc.array(tie('value'), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom(...inner, 'b.c'), tie('value')), { maxLength: 3 }).map(object),
  ),
})).value;

/** As JSON.parse makes it: `__proto__` is a name like others. */
function object(entries: readonly (readonly [string, Json])[]): JsonObject {
  return JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`) as JsonObject;
}

const record = fc
  .tuple(
    fc.constantFrom<Json>('s3.amazonaws.com', 'iam.amazonaws.com', '', null, ['s3.amazonaws.com']),
    fc.constantFrom<Json>('GetObject', 'DeleteObject', 'a', '__proto__', 10, { b: 'a' }),
    fc.array(fc.tuple(fc.constantFrom(...names.slice(1), 'a.c', 'constructor.b', 'toString'), values), { maxLength: 6 }),
  )
  .map(([source, name, more]) => object([['eventSource', source], ['eventName', name], ['recipientAccountId', '111122223333'], ...more]));

function rule(when: Expr): EventRule {
  const head = { id: 'r', uuid: null, major: 1, title: 'r', description: '', severity: 'Low', file: 'r.yml', raises: true } as const;
  return {
    ...head,
    techniques: [],
    tactics: [],
    falsePositives: [],
    kind: 'event',
    sources: ['aws.cloudtrail'],
    when,
    resource: null,
    keep: {},
  };
}

test('the compiled rules match exactly where the conditions hold, for any rules and any records, hostile ones too', () => {
  let matches = 0;
  fc.assert(
    fc.property(
      fc.array(exprs, { minLength: 1, maxLength: 12 }),
      fc.array(record, { minLength: 1, maxLength: 12 }),
      (conditions, records) => {
        const matcher = compileRules(conditions.map(rule), undefined, listIndex(lists));
        // Twice, so that what is remembered of the first time is asked, too.
        for (const one of [...records, ...records]) {
          const expected = conditions.flatMap((when, number) => (holds(when, one) ? [number] : []));
          const matched = [-1];
          expect(matcher.match(one, matched)).toBe(expected.length);
          expect(matched).toEqual([-1, ...expected]);
          matches += expected.length;
        }
      },
    ),
    { numRuns: 500 },
  );
  expect(matches).toBeGreaterThan(1_000);
});

test('more values of a field than are remembered change no answer', () => {
  const field = (path: string, is: 'contains' | 'endswith', text: string): Expr => ({
    op: 'field',
    path,
    test: { is, text, cased: false },
  });
  const conditions = [
    field('userAgent', 'contains', '77'),
    { op: 'and', of: [field('userAgent', 'endswith', '3'), field('errorCode', 'contains', 'denied')] },
    { op: 'and', of: [field('eventName', 'endswith', 'object'), { op: 'not', of: field('userAgent', 'contains', '1') }] },
  ] as const satisfies readonly Expr[];
  const matcher = compileRules(conditions.map(rule));
  for (let i = 0; i < 30_000; i++) {
    const one = {
      eventSource: 's3.amazonaws.com',
      eventName: 'GetObject',
      userAgent: `agent/${(i * 7_919) % 10_007}`,
      errorCode: i % 3 === 0 ? 'AccessDenied' : null,
    };
    const matched: number[] = [];
    matcher.match(one, matched);
    if (matched.join() !== conditions.flatMap((when, n) => (holds(when, one) ? [n] : [])).join()) expect(matched).toEqual(one);
  }
});
