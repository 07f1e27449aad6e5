import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rules as builtinRules } from '../../content/index.ts';
import { LogReader, type ReaderOptions } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { ruleSet } from '../core/detect/rule-set.ts';
import { loadRules } from '../core/detect/sigma/parse-rules.ts';
import { openSifters } from '../edge/scanner/open-sifters.ts';

const own = await builtinRules();
/** Rules that ask in ways that no field alone answers, beside ours. */
const hard = loadRules([
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
`,
  },
]);
const sets = [ruleSet(own), ruleSet([...own, ...hard.rules])];

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

const address = fc.constantFrom(
  '10.0.0.5',
  '10.0.1.7',
  '198.51.100.7',
  '203.0.113.9',
  '2001:db8::1',
  'fd00::5',
  '010.0.0.5',
  '999.1.1.1',
  '-',
);
const port = fc.oneof(
  fc.constantFrom('22', '25', '443', '3333', '6379', '9001', '53', '0', '007', '65536', '-'),
  fc.integer({ min: 1024, max: 65535 }).map(String),
);
const flow = fc.record({
  version: fc.constantFrom('2', '5'),
  srcaddr: address,
  dstaddr: address,
  srcport: port,
  dstport: port,
  protocol: fc.constantFrom('6', '17', '1', '99', '256'),
  packets: fc.constantFrom('1', '3', '4', '40', '70000', '1e3'),
  bytes: fc.constantFrom('60', '2000000', '9007199254740993'),
  start: fc.constantFrom('1767603600', '1767603601', '1767607200', '-', 'x'),
  end: fc.constantFrom('1767603660', '-'),
  action: fc.constantFrom('ACCEPT', 'ACCEPT', 'REJECT', '-', 'accept'),
  'log-status': fc.constantFrom('OK', 'OK', 'OK', 'NODATA', 'SKIPDATA'),
  'flow-direction': fc.constantFrom('egress', 'ingress', '-'),
  'pkt-srcaddr': address,
  'tcp-flags': fc.constantFrom('2', '18', '-'),
});
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
  { weight: 1, arbitrary: query.map((text) => text.replace(':', ' : ')) },
  { weight: 1, arbitrary: query.map((text) => `${text} rest`) },
  { weight: 1, arbitrary: fc.string({ maxLength: 40 }).map((text) => text.replaceAll('\n', ' ')) },
);

const pieces = fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 6 });

describe.each([
  ['flows', header, flowLine],
  ['queries', '{"version":"1.1","query_timestamp":"2026-01-05T09:00:00Z","query_name":"a.example.com."}', queryLine],
])('%s: what the sieve passes over changes nothing but time', (_, first, line) => {
  test.each(sets.map((set, i) => [i === 0 ? 'our rules' : 'and rules that ask for several fields', set] as const))('%s', (__, set) => {
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
