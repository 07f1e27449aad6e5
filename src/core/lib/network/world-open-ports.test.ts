import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../model/json.ts';
import { worldOpenPorts } from './world-open-ports.ts';

const rule = (source: string, fromPort: number | null, toPort: number | null, protocol = 'tcp'): JsonObject => ({
  protocol,
  fromPort,
  toPort,
  kind: source.includes(':') ? 'ipv6' : source.startsWith('pl-') ? 'prefix-list' : 'ipv4',
  source,
});
const names = (ingress: readonly Json[], lists?: Json) => worldOpenPorts(ingress, lists).open.map(({ name }) => name);

test('only the rules that make it the world are named, widest first', () => {
  const ingress = [
    rule('192.0.2.0/24', 22, 22),
    rule('128.0.0.0/1', 22, 22),
    rule('10.0.0.0/8', 22, 22),
    rule('0.0.0.0/1', 22, 22),
    rule('52.0.0.0/8', 22, 22),
  ];
  expect(worldOpenPorts(ingress, {}).open).toEqual([
    {
      name: '22',
      rules: [
        { index: 3, source: '0.0.0.0/1' },
        { index: 1, source: '128.0.0.0/1' },
      ],
    },
  ]);
});

test('each port counts by itself', () => {
  expect(
    names([rule('0.0.0.0/1', 22, 22), rule('128.0.0.0/2', 3389, 3389), rule('2000::/3', 161, 161, 'udp'), rule('0.0.0.0/0', 443, 443)]),
  ).toEqual(['22', '3389', 'udp 161']);
  expect(names([rule('10.0.0.0/8', 22, 22), rule('0.0.0.0/0', 23, 23)])).toEqual(['23']);
});

test('every port of TCP is told as all', () => {
  expect(worldOpenPorts([rule('0.0.0.0/0', 0, 65535)], {}).all).toBe(true);
  expect(worldOpenPorts([rule('0.0.0.0/0', null, null, '-1')], {}).all).toBe(true);
  expect(worldOpenPorts([rule('0.0.0.0/0', 1024, 65535)], {}).all).toBe(false);
});

test('what decides and is unknown is said, what does not is not', () => {
  expect(worldOpenPorts([rule('pl-1', 22, 22)], {}).unknown).toBe('prefix-list');
  expect(worldOpenPorts([rule('pl-1', 443, 443)], {}).unknown).toBeNull();
  expect(worldOpenPorts([rule('office', 22, 22)], {}).unknown).toBe('rule');
  expect(names([rule('pl-1', 22, 22)], { 'pl-1': ['0.0.0.0/1', '128.0.0.0/1'] })).toEqual(['22']);
  expect(names([rule('pl-1', 22, 22)], { 'pl-1': ['192.0.2.0/24'] })).toEqual([]);
  for (const strange of ['x', null, 7, [], { kind: 7 }]) worldOpenPorts([strange], null);
});

test('a block cut into rules is as open as the block, and 1,000 rules are judged in time', () => {
  const pieces = (source: string): readonly JsonObject[] => {
    const [address = '', prefix = ''] = source.split('/');
    const length = Number(prefix);
    const first = Number(address.split('.')[0]);
    return length >= 8 ? [rule(source, 22, 22)] : Array.from({ length: 2 ** (8 - length) }, (_, i) => rule(`${first + i}.0.0.0/8`, 22, 22));
  };
  const block = fc
    .integer({ min: 0, max: 8 })
    .chain((length) => fc.nat(2 ** length - 1).map((n) => `${n * 2 ** (8 - length)}.0.0.0/${length}`));
  fc.assert(
    fc.property(fc.array(block, { minLength: 1, maxLength: 4 }), (blocks) => {
      expect(names(blocks.flatMap(pieces))).toEqual(names(blocks.map((one) => rule(one, 22, 22))));
    }),
    { numRuns: 50 },
  );
  const many = Array.from({ length: 1000 }, (_, i) => rule(`${i % 224}.0.0.0/8`, i % 500, 65535));
  expect(names(many).length).toBeGreaterThan(10);
});
