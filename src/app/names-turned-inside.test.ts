import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rules as builtinRules } from '../../content/index.ts';
import { eventsOfText } from '../core/collect/log-reader.ts';
import { Accumulator } from '../core/detect/accumulator.ts';
import { findingsOf } from '../core/detect/findings-of.ts';
import { ruleSet } from '../core/detect/rule-set.ts';

const set = ruleSet((await builtinRules()).filter(({ id }) => id.startsWith('aws.route53-resolver.name-leads-outside-and-inside')));
const start = Date.UTC(2026, 0, 5, 9);
/** No two are ten minutes apart, where a window ends. */
const step = 180_000;
const span = 600_000;

interface Asked {
  readonly name: number;
  readonly vpc: number;
  readonly at: number;
  readonly inside: boolean;
}

const asked: fc.Arbitrary<Asked> = fc.record({ name: fc.nat(1), vpc: fc.nat(1), at: fc.nat(30), inside: fc.boolean() });

function lineOf({ name, vpc, at, inside }: Asked): string {
  return JSON.stringify({
    version: '1.100000',
    account_id: '111122223333',
    region: 'us-east-1',
    vpc_id: `vpc-${vpc}`,
    query_timestamp: new Date(start + at * step).toISOString(),
    query_name: `make-127-0-0-1-k${name}.example.net.`,
    query_type: 'A',
    query_class: 'IN',
    rcode: 'NOERROR',
    answers: [{ Rdata: inside ? '127.0.0.1' : '203.0.113.9', Type: 'A', Class: 'IN' }],
    srcaddr: '10.0.0.5',
    srcport: '56067',
    transport: 'UDP',
    srcids: { instance: 'i-0abc' },
  });
}

function find(queries: readonly Asked[]) {
  const accumulator = new Accumulator(set);
  for (const query of queries) for (const event of eventsOfText(lineOf(query), 'example')) accumulator.add(event);
  return [...findingsOf(accumulator.drain(), set.rules, 'default')];
}

test('a name is told when one VPC is led outside and inside within the time, and only then', () => {
  fc.assert(
    fc.property(fc.array(asked, { maxLength: 12 }), (queries) => {
      const turned = queries.some((a) =>
        queries.some((b) => a.inside && !b.inside && a.name === b.name && a.vpc === b.vpc && Math.abs(a.at - b.at) * step < span),
      );
      expect(find(queries).length > 0).toBe(turned);
    }),
    { numRuns: 150 },
  );
});

test('in any order, and told twice, queries say the same', () => {
  const shuffled = fc
    .array(asked, { maxLength: 12 })
    .chain((queries) => fc.tuple(fc.constant(queries), fc.shuffledSubarray([...queries, ...queries], { minLength: queries.length * 2 })));
  fc.assert(
    fc.property(shuffled, ([queries, again]) => {
      expect(find(again)).toEqual(find(queries));
    }),
    { numRuns: 100 },
  );
});
