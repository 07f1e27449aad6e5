import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lists as builtinLists, rules as builtinRules } from '../../content/index.ts';
import { LogReader, type ReaderOptions } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { type RuleSet, ruleSet } from '../core/detect/rule-set.ts';
import { loadRules } from '../core/detect/sigma/parse-rules.ts';
import { openSifters } from '../edge/scanner/open-sifters.ts';

const own = await builtinRules();
/** Rules that ask in ways that no field alone answers, beside ours. */
const hard = loadRules(
  [
    {
      file: 'hard.yml',
      text: `title: Hard
id: hard
logsource: { product: aws, service: vpcflow }
detection:
  a: { srcport: 443, dstaddr|startswith: '10.' }
  b: { bytes|gte: 1000000, tcp-flags: 2 }
  c: { pkt-srcaddr|exists: true, flow-direction: egress }
  d: { srcaddr|fieldref: dstaddr, action: REJECT }
  condition: (a and b) or c or d
---
title: Hard too
id: hard-too
logsource: { product: aws, service: route53resolver }
detection:
  a: { answers.Rdata|cidr: 10.0.0.0/8 }
  b: { longest_label|gte: 6 }
  c: { answers.Rdata|endswith: '9"}]', rcode: NXDOMAIN }
  d: { firewall_rule_action: null, vpc_id: vpc-9, rcode: NXDOMAIN }
  condition: (a and not b) or c or d
---
title: Lists of bad ones
id: listed
logsource: { product: aws, service: vpcflow }
detection:
  a: { dstaddr|cidr|expand: '%bad-blocks%' }
  b: { srcaddr|expand: '%bad-addresses%', action: ACCEPT }
  c: { dstport|expand: '%bad-ports%', protocol: 6 }
  d: { srcaddr: ['203.0.113.77', '010.0.0.5', '2001:DB8::1', '10.0.0.6'], packets|lt: 4 }
  condition: a or b or c or d
---
title: Lists of bad names
id: listed-names
logsource: { product: aws, service: route53resolver }
detection:
  a: { query|endswith|expand: '%bad-domains%' }
  b: { answers.Rdata|cidr|expand: '%bad-blocks%' }
  c: { answers.Rdata|expand: '%bad-addresses%' }
  condition: a or b or c
`,
    },
  ],
  { declared: ['bad-blocks', 'bad-addresses', 'bad-ports', 'bad-domains'] },
);
const lists = new Map([
  ['bad-blocks', ['203.0.113.64/26', '198.51.100.7', '2001:db8::/64', '0.0.0.0/32', '255.255.255.255']],
  ['bad-addresses', ['203.0.113.9', '2001:DB8::1', '10.0.0.0/8', '10.0.1.7', '010.0.0.5', 'fd00::5']],
  ['bad-ports', ['6379', '007', '70000', '9001']],
  ['bad-domains', ['oast.fun', 'Example.NET', 'a.b', '7']],
]);
/** Some of the values below are in lists. */
const filled = new Map([
  ...(await builtinLists()),
  ['c2-servers', ['203.0.113.9', '2001:db8::/64', 'oast.fun']],
  ['threat-addresses', ['198.51.100.0/24']],
  ['threat-domains', ['t.example.net']],
  ['sinkholes', ['198.51.100.7']],
  ['tor-exit-nodes', ['2001:db8::1']],
  ['trusted', ['198.51.100.7', 'abc.oast.fun']],
]);
const sets: readonly (readonly [string, RuleSet])[] = [
  ['our rules', ruleSet(own)],
  ['and rules that ask in hard ways', ruleSet([...own, ...hard.rules], lists)],
  ['our rules, with lists that have entries', ruleSet(own, filled)],
];

test('the rules that are tried here are good', () => {
  expect(hard.faults).toEqual([]);
});

interface Read {
  readonly events: number;
  readonly setAsides: readonly string[];
  readonly findings: string;
  readonly passed: number;
}

/** All that reading in these pieces says, with or without the sieve. */
function read(bytes: Buffer, pieces: readonly number[], set: ReturnType<typeof ruleSet>, sifted: boolean): Read {
  const accumulator = new Accumulator(set);
  const setAsides: string[] = [];
  let events = 0;
  let passed = 0;
  const options: ReaderOptions = {
    object: 'logs/object',
    onEvent: (event) => {
      events++;
      accumulator.add(event);
    },
    onSetAside: ({ place, reason }) => setAsides.push(`${place.offset} ${reason}`),
    ...(sifted ? { sifting: { sieve: set.sieve, open: openSifters } } : {}),
    onPassed: (n) => {
      passed += n;
    },
  };
  const reader = new LogReader(options);
  let from = 0;
  for (const piece of pieces) {
    reader.push(bytes.subarray(from, from + piece));
    from += piece;
  }
  reader.push(bytes.subarray(from));
  reader.end();
  return {
    events: events + passed,
    setAsides,
    findings: JSON.stringify([...findingsOf(accumulator.drain(), set.rules, 'default')]),
    passed,
  };
}

const numbers = fc.array(fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(0, 10, 127, 169, 192, 198, 203, 255)), {
  minLength: 4,
  maxLength: 4,
});
/** Of IPv4 as usual, and nearly so. */
const written = fc
  .tuple(numbers, fc.constantFrom('', '', '', '', '0', '.', '.1', ':', 'a'), fc.nat({ max: 15 }))
  .map(([parts, more, at]) => parts.join('.').slice(0, at) + more + parts.join('.').slice(at));
const fixed = fc.constantFrom(
  '10.0.0.5',
  '10.0.1.7',
  '198.51.100.7',
  '203.0.113.9',
  '2001:db8::1',
  'fd00::5',
  '010.0.0.5',
  '999.1.1.1',
  '203.0.113.77',
  '203.0.113.128',
  '2001:DB8:0:0:0:0:0:1',
  '0000:0000:0000:0000:0000:ffff:192.168.100.228',
  '-',
);
const address = fc.oneof({ weight: 2, arbitrary: fixed }, { weight: 1, arbitrary: written });
const port = fc.oneof(
  fc.constantFrom('22', '25', '443', '3333', '6379', '9001', '53', '0', '007', '65536', '-'),
  fc.integer({ min: 1024, max: 65535 }).map(String),
  fc.integer({ min: 0, max: 2000 }).map(String),
);
const fieldsOfFlow = {
  version: fc.constantFrom('2', '5'),
  srcaddr: address,
  dstaddr: address,
  srcport: port,
  dstport: port,
  protocol: fc.constantFrom('6', '17', '1', '99', '256'),
  packets: fc.constantFrom('1', '3', '4', '40', '9999', '10000', '49999', '50000', '65535', '65536', '70000', '1e3'),
  bytes: fc.constantFrom('60', '999999', '1000000', '2000000', '49999999', '50000000', '99999999', '999999999999999', '9007199254740993'),
  start: fc.constantFrom('1767603600', '1767603601', '1767607200', '-', 'x'),
  end: fc.constantFrom('1767603660', '-'),
  action: fc.constantFrom('ACCEPT', 'ACCEPT', 'REJECT', '-', 'accept'),
  'log-status': fc.constantFrom('OK', 'OK', 'OK', 'NODATA', 'SKIPDATA'),
  'flow-direction': fc.constantFrom('egress', 'ingress', '-'),
  'pkt-srcaddr': address,
  'tcp-flags': fc.constantFrom('2', '18', '-'),
};
const flow = fc.record(fieldsOfFlow);
const header =
  'version srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status flow-direction pkt-srcaddr tcp-flags';
const flowLine = fc.oneof(
  { weight: 20, arbitrary: flow.map((record) => Object.values(record).join(' ')) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      header,
      '',
      `${header} `,
      '\uFEFFx',
      'srcaddr dstaddr start dstport',
      '10.0.0.5 10.0.0.6 1767603600 22',
      ' '.repeat(14),
    ),
  },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')) },
);

const name = fc.constantFrom(
  ...[
    'www.example.com.',
    'Pool.SupportXMR.com.',
    'abc.oast.fun.',
    'oast.fun.',
    'x.onion.',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.t.example.net.',
  ],
  ...['a.b.', '.', '', 'nip.io', 'é.example.com.', 'a\\"b.example.com.', 'pastebin.com'],
);
const answer = fc.record({ Rdata: fc.constantFrom('10.0.0.9', '198.51.100.9', '169.254.169.254', '', 'x9'), Type: fc.constant('A') });
const query = fc
  .record(
    {
      version: fc.constant('1.100000'),
      account_id: fc.constant('111122223333'),
      vpc_id: fc.constantFrom('vpc-0', 'vpc-9'),
      query_timestamp: fc.constantFrom('2026-01-05T09:00:00Z', '2026-02-30T09:00:00Z', '2026-01-31T09:00:00Z', 'x', 7),
      query_name: fc.oneof(name, fc.constant(null)),
      query_type: fc.constantFrom('A', 'TXT'),
      rcode: fc.constantFrom('NOERROR', 'NXDOMAIN'),
      answers: fc.oneof(fc.array(answer, { maxLength: 3 }), fc.constantFrom(null, 'none', [{}], [{ Type: 'A', Rdata: '10.0.0.9' }])),
      srcaddr: fc.constantFrom('10.0.0.5', '10.0.0.6'),
      srcids: fc.constantFrom({ instance: 'i-0' }, {}, null),
      firewall_rule_action: fc.constantFrom('BLOCK', 'ALLOW'),
      newer: fc.constant(1),
    },
    { requiredKeys: ['version', 'query_timestamp', 'query_name', 'query_type', 'rcode'] },
  )
  .map((record) => JSON.stringify(record));
const queryLine = fc.oneof(
  { weight: 20, arbitrary: query },
  { weight: 1, arbitrary: query.map((text) => text.replace('"rcode":', '"query_name":"twice.example.com.","rcode":')) },
  { weight: 2, arbitrary: query.map((text) => text.replace('"rcode":', '"rcode":"NOERROR","rcode":')) },
  { weight: 1, arbitrary: query.map((text) => text.replace(':', ' : ')) },
  { weight: 1, arbitrary: query.map((text) => `${text} rest`) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')) },
);

const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 });

/** Bytes that are put in, or put in the place of another: those that end things, those that escape, those that are no text. */
const odd = fc.constantFrom(
  ...[0, 9, 10, 11, 13, 32, 34, 44, 45, 46, 47, 48, 57, 58, 64, 65, 91, 92, 93, 97, 102, 103, 123, 125, 126, 127],
  ...[128, 0xbf, 0xc3, 0xef, 0xff],
);
const edit = fc.record({ at: fc.nat(), how: fc.constantFrom('put', 'put in', 'drop', 'double'), byte: odd });

/** The bytes with something done to them at some places. */
function edited(bytes: Buffer, edits: readonly { readonly at: number; readonly how: string; readonly byte: number }[]): Buffer {
  let made = bytes;
  for (const { at, how, byte } of edits) {
    const place = at % (made.length + 1);
    const [before, behind] = [made.subarray(0, place), made.subarray(place)];
    const put = how === 'double' ? behind.subarray(0, 40) : how === 'drop' ? Buffer.alloc(0) : Buffer.from([byte]);
    made = Buffer.concat([before, put, behind.subarray(how === 'put' || how === 'drop' ? 1 : 0)]);
  }
  return made;
}

/** Headers that customers choose: any order, later versions, those of transit gateways, one time only, none. */
const headers = [
  'account-id srcaddr dstaddr dstport start',
  'end dstaddr srcaddr protocol dstport srcport action packets bytes log-status',
  'version resource-type account-id tgw-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type packets-lost-blackhole tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service',
  'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr pkt-srcaddr pkt-dstaddr srcport dstport protocol bytes packets start end action tcp-flags log-status sublocation-type sublocation-id traffic-path flow-direction ecs-cluster-name ecs-task-id reject-reason',
  'srcaddr dstaddr dstport action log-status',
];
const values: { readonly [field: string]: fc.Arbitrary<string> } = {
  'account-id': fc.constantFrom('111122223333', 'unknown'),
  'interface-id': fc.constantFrom('eni-0123456789abcdef0', '-'),
  type: fc.constantFrom('IPv4', 'IPv6'),
  'pkt-dstaddr': address,
  'traffic-path': fc.constantFrom('1', '8', '256', '-'),
  'ecs-task-id': fc.constantFrom('0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', '-'),
  ...fieldsOfFlow,
  // Most of these lines are good, else few are passed over.
  dstport: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('50000', '443', '40000') }, { weight: 1, arbitrary: port }),
  dstaddr: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('10.0.0.7', '198.51.100.99', '10.0.0.8') }, { weight: 1, arbitrary: address }),
  srcaddr: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('10.0.0.8', '192.168.0.8') }, { weight: 1, arbitrary: address }),
  start: fc.constantFrom('1767603600', '1767603601', '1767607200'),
  packets: fc.constantFrom('12', '40', '3', '70000'),
  'log-status': fc.constantFrom('OK', 'OK', 'OK', 'OK', 'OK', 'OK', 'SKIPDATA'),
};
const objectOfFlows = fc
  .constantFrom(...headers)
  .chain((columns) =>
    fc
      .array(fc.tuple(...columns.split(' ').map((field) => values[field] ?? fc.constantFrom('-', 'x'))), { minLength: 8, maxLength: 30 })
      .map((lines) => [columns, ...lines.map((line) => line.join(' ')), ''].join('\n')),
  );

describe.each([
  ['flows', header, flowLine],
  ['queries', '{"version":"1.1","query_timestamp":"2026-01-05T09:00:00Z","query_name":"a.example.com."}', queryLine],
])('%s: what the sieve passes over changes nothing but time', (_, first, line) => {
  test.each(sets)('%s', (__, set) => {
    let passed = 0;
    let events = 0;
    fc.assert(
      fc.property(fc.array(line, { maxLength: 30 }), pieces, fc.constantFrom('\n', '\r\n'), (lines, cuts, ending) => {
        const bytes = Buffer.from([first, ...lines, ''].join(ending));
        const slow = read(bytes, cuts, set, false);
        const { passed: over, ...fast } = read(bytes, cuts, set, true);
        expect(fast).toEqual({ events: slow.events, setAsides: slow.setAsides, findings: slow.findings });
        passed += over;
        events += slow.events;
      }),
      { numRuns: 250 },
    );
    // It does pass over something.
    expect(passed).toBeGreaterThan(events / 20);
  });
});

/** Holds both ways of reading against each other; says how many of the events were passed over. */
function compare(bytes: Buffer, cuts: readonly number[], set: RuleSet): { readonly passed: number; readonly events: number } {
  const slow = read(bytes, cuts, set, false);
  const { passed, ...fast } = read(bytes, cuts, set, true);
  expect(fast).toEqual({ events: slow.events, setAsides: slow.setAsides, findings: slow.findings });
  return { passed, events: slow.events };
}

describe.each(sets)('hostile objects: %s', (_, set) => {
  /** Every second line is one of those that no rule matches, so that much of what is changed is in such. */
  const whole = (first: string, quiet: fc.Arbitrary<string>, line: fc.Arbitrary<string>) =>
    fc.array(fc.oneof(quiet, line), { minLength: 8, maxLength: 30 }).map((lines) => [first, ...lines, ''].join('\n'));
  const firstQuery = '{"version":"1.1","query_timestamp":"2026-01-05T09:00:00Z","query_name":"a.example.com."}';
  const quietFlow = fc
    .tuple(
      fc.constantFrom('10.0.1.7', 'fd00::17', '192.168.0.9'),
      fc.integer({ min: 32_768, max: 65_535 }),
      fc.integer({ min: 5, max: 99 }),
    )
    .map(([to, from, n]) => `2 10.0.0.8 ${to} ${from} 443 6 ${n} ${n * 61} 1767603600 1767603660 ACCEPT OK ingress 10.0.0.8 18`);
  const quietQuery = fc
    .tuple(fc.nat({ max: 99 }), fc.constantFrom('198.51.100.9', 'cdn.example.com', '2001:db8:1::7'))
    .map(
      ([n, data]) =>
        `{"version":"1.100000","account_id":"111122223333","region":"us-east-1","vpc_id":"vpc-0","query_timestamp":"2026-01-05T09:00:${10 + (n % 50)}Z","query_name":"a${n}.example.org.","query_type":"A","query_class":"IN","rcode":"NOERROR","answers":[{"Rdata":"${data}","Type":"A","Class":"IN"}],"srcaddr":"10.0.0.${n}","srcport":"50000","transport":"UDP","srcids":{"instance":"i-0"}}`,
    );

  test.each([
    ['flows', whole(header, quietFlow, flowLine)],
    ['flows with columns of any kind', objectOfFlows],
    ['queries', whole(firstQuery, quietQuery, queryLine)],
  ])('%s with bytes changed', (__, object) => {
    let passed = 0;
    fc.assert(
      fc.property(object, fc.array(edit, { maxLength: 4 }), pieces, fc.boolean(), (text, edits, cuts, marked) => {
        passed += compare(edited(Buffer.from(marked ? `\uFEFF${text}` : text), edits), cuts, set).passed;
      }),
      { numRuns: 300 },
    );
    expect(passed).toBeGreaterThan(50);
  });

  test('lines of any length, in an object longer than what is looked at at a time', () => {
    const flows = ['2 10.0.0.5 10.0.1.7 50000 443 6 10 6000 1767603600 1767603660 ACCEPT OK ingress 10.0.0.5 18'];
    const queries = [firstQuery.replace('}', ',"rcode":"NOERROR"}')];
    for (const length of [10, 64, 112, 113, 300, 65_300, 65_700, 262_144, 300_000, 1_048_600]) {
      flows.push(flows[0]?.replace('ingress', 'i'.repeat(length)) ?? '', flows[0]?.replace(' 443 ', ' 3333 ') ?? '');
      queries.push(queries[0]?.replace('a.example', `${'a'.repeat(length)}.example`) ?? '', firstQuery.replace('a.ex', 'x.oast.fun.ex'));
      for (let i = 0; i < 3_000; i++) {
        flows.push(flows[0]?.replace(' 6000 ', ` ${i} `) ?? '');
        queries.push(queries[0]?.replace('a.ex', `a${i}.ex`) ?? '');
      }
    }
    const ofFlows = compare(Buffer.from(`${header}\n${flows.join('\n')}\n`), [700_000, 1, 90_000], set);
    expect(ofFlows.passed).toBeGreaterThan(29_000);
    const ofQueries = compare(Buffer.from(`${queries.join('\n')}\n`), [700_000, 1, 90_000], set);
    expect(ofQueries.passed).toBeGreaterThan(29_000);
  });

  test.each([
    ['rcode', '"rcode":"NOERROR","rcode":"NXDOMAIN"'],
    ['rcode, written with an escape', '"rcode":"NOERROR","r\\u0063ode":"NXDOMAIN"'],
    ['query_name', '"rcode":"NOERROR","query_name":"x.oast.fun."'],
    ['answers', '"rcode":"NOERROR","answers":[{"Rdata":"169.254.169.254","Type":"A","Class":"IN"}],"rcode":"NOERROR"'],
  ])('a member twice, of which the last counts: %s', (__, twice) => {
    const good = '{"vpc_id":"vpc-9","query_timestamp":"2026-01-05T09:00:00Z","query_name":"a.example.org.","rcode":"NOERROR"}';
    const lines = [...Array.from({ length: 64 }, () => good), good.replace('"rcode":"NOERROR"', twice), good, ''];
    expect(compare(Buffer.from(lines.join('\n')), [], set)).toMatchObject({ events: 66 });
  });

  test('a header at each line', () => {
    const lines = Array.from({ length: 400 }, (___, i) => {
      const columns = ['srcaddr', 'dstaddr', 'start', 'dstport', 'packets', 'bytes', 'action'].slice(0, 3 + (i % 5));
      return `${[...columns.slice(i % 3), ...columns.slice(0, i % 3), `x${i}`].join(' ')}\n10.0.0.5 198.51.100.9 1767603600 22\n`;
    });
    compare(Buffer.from(lines.join('')), [1_000], set);
  });
});
