import { expect, test } from 'vitest';
import { ruleSet } from './rule-set.ts';
import { loadRules } from './sigma/parse-rules.ts';

/** Forty rules about ports and, between them in the order of ids, ten that want the address in a list: more ways than a sieve has bits. */
const text = Array.from({ length: 40 }, (_, i) => {
  const port = `title: Port ${i}
id: rule-${100 + i}
logsource: { product: aws, service: vpcflow }
detection: { s: { dstport: ${1000 + i} }, condition: s }
`;
  const listed = `title: Listed ${i}
id: rule-${100 + i}-listed
logsource: { product: aws, service: vpcflow }
detection: { s: { dstaddr|cidr|expand: "%list-${i}%", packets: ${i + 1} }, condition: s }
`;
  return i % 4 === 0 ? `${port}---\n${listed}` : port;
}).join('---\n');
const names = Array.from({ length: 10 }, (_, i) => `list-${4 * i}`);
const { rules, faults } = loadRules([{ file: 'rules.yml', text }], { declared: names });
const sieve = ruleSet(rules, new Map(names.map((name, i) => [name, [`203.0.113.${i}`]]))).sieve('aws.vpc-flow');

function left(flow: { readonly [field: string]: string }): number {
  return Object.entries(flow).reduce((mask, [field, value]) => mask & (sieve.ofField(field)?.left(value) ?? sieve.all), sieve.all);
}

test('an address that is in no list rules out all that want it in one, whatever else there is', () => {
  expect(faults).toEqual([]);
  expect(left({ dstport: '443', dstaddr: '198.51.100.7', packets: '1' })).toBe(0);
});

test('what could match is left', () => {
  expect(left({ dstport: '443', dstaddr: '203.0.113.2', packets: '9' })).not.toBe(0);
  expect(left({ dstport: '1039', dstaddr: '198.51.100.7', packets: '1' })).not.toBe(0);
});
