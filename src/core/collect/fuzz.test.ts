import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAll } from './read-all.testing.ts';

/** Logs of lines: a header where one is needed, and good lines whose events differ. */
const logs = {
  'VPC flow logs': {
    header: 'version srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status pkt-srcaddr',
    lines: [
      '5 198.51.100.7 10.0.0.5 51234 22 6 20 4249 1767603600 1767603660 REJECT OK 198.51.100.7',
      '5 10.0.0.5 2001:db8::1 443 40000 17 1 60 1767603601 1767603660 ACCEPT OK 10.0.0.5',
    ],
  },
  'S3 server access logs': {
    header: null,
    lines: [
      '- example-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 - 3E57 REST.GET.OBJECT a "GET /a HTTP/1.1" 200 - 113 113 7 6 "-" "x \\"y\\" z" - h',
      '- example-bucket [06/Feb/2019:00:00:39 +0000] 192.0.2.4 - 3E58 REST.PUT.OBJECT b "PUT /b HTTP/1.1" 403 AccessDenied 1 - 7 - "-" "" -',
    ],
  },
  'Resolver query logs': {
    header: null,
    lines: [
      '{"version":"1.1","query_timestamp":"2026-01-05T09:00:00Z","query_name":"example.com.","query_type":"A","rcode":"NOERROR","answers":[]}',
      '{"version":"1.1","query_timestamp":"2026-01-05T09:00:01Z","query_name":"x.example.com.","query_type":"TXT","rcode":"NXDOMAIN"}',
    ],
  },
};

/** A change to a line that leaves it one line. */
const mutation = fc.record({ at: fc.nat(), remove: fc.nat({ max: 12 }), insert: fc.uint8Array({ maxLength: 12 }) });

function mutated(line: string, { at, remove, insert }: { at: number; remove: number; insert: Uint8Array }): Buffer {
  const bytes = Buffer.from(line);
  const from = at % (bytes.length + 1);
  const put = insert.filter((byte) => byte !== 10);
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + remove)]);
}

describe.each(Object.entries(logs))('%s', (_, { header, lines }) => {
  const [first = '', second = ''] = lines;
  const keys = readAll([header, first, second].filter((line) => line !== null).join('\n')).events.map((event) => event.key);

  test('both good lines are read', () => {
    expect(new Set(keys).size).toBe(2);
  });

  test('a line changed anywhere costs itself at most, and is counted', () => {
    fc.assert(
      fc.property(mutation, (change) => {
        const before = Buffer.from(`${header === null ? '' : `${header}\n`}${first}\n`);
        const changed = mutated(first, change);
        const { events, setAsides } = readAll(Buffer.concat([before, changed, Buffer.from(`\n${second}\n`)]));
        expect(events.map((event) => event.key)).toEqual(expect.arrayContaining(keys));
        expect(events.length).toBeLessThanOrEqual(3);
        // What is told of lies in the changed line, and each place of it is told once.
        const places = setAsides.map(({ place }) => place.offset);
        expect(new Set(places).size).toBe(places.length);
        for (const place of places) {
          expect(place).toBeGreaterThanOrEqual(before.length);
          expect(place).toBeLessThanOrEqual(before.length + changed.length);
        }
        // A line is one or the other; it may also be white space alone. Of JSON, what stands behind a record is told too.
        if (!first.startsWith('{')) expect(events.length - 2 + setAsides.length).toBeLessThanOrEqual(1);
        for (const { time, words, key } of events)
          expect([typeof time, typeof words.account, typeof key]).toEqual(['number', 'string', 'string']);
      }),
      { numRuns: 300 },
    );
  });

  test('any bytes behind a beginning: nothing is thrown, and it ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (noise) => {
        const { events } = readAll(Buffer.concat([Buffer.from(header === null ? `${first}\n` : `${header}\n${first}\n`), noise]));
        expect(events.map((event) => event.key)).toContain(keys[0]);
      }),
      { numRuns: 300 },
    );
  });
});
