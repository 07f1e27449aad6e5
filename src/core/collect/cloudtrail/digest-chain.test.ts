import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CheckedDigest, logsBelow, proveTrail, stampOf, trailName } from './digest-chain.ts';
import { parseDigest } from './digest-file.ts';

const bucket = 'example-logs';
const hour = 3_600_000;
const start = Date.UTC(2026, 0, 5, 10);
const iso = (time: number) => new Date(time).toISOString().replace('.000Z', 'Z');
const compact = (time: number) => iso(time).replaceAll(/[-:]/g, '');
const sha = (text: string) => createHash('sha256').update(text).digest('hex');
const digestKey = (n: number) =>
  `AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/01/05/111122223333_CloudTrail-Digest_eu-west-1_my_trail_us-east-1_${compact(start + (n + 1) * hour)}.json.gz`;
const logOf = (n: number, letter: string) =>
  `s3://${bucket}/AWSLogs/111122223333/CloudTrail/eu-west-1/2026/01/05/111122223333_CloudTrail_eu-west-1_${compact(start + n * hour + 300_000).slice(0, 13)}Z_${letter}.json.gz`;
const contentOf = (object: string) => `content of ${object}`;

/** A chain of digests as AWS writes them, two log files an hour. */
function chainOf(n: number): string[] {
  const contents: string[] = [];
  for (let i = 0; i < n; i++) {
    const before = contents.at(-1);
    contents.push(
      JSON.stringify({
        awsAccountId: '111122223333',
        digestStartTime: iso(start + i * hour),
        digestEndTime: iso(start + (i + 1) * hour),
        digestS3Bucket: bucket,
        digestS3Object: digestKey(i),
        digestPublicKeyFingerprint: 'f1',
        digestSignatureAlgorithm: 'SHA256withRSA',
        previousDigestS3Bucket: before === undefined ? null : bucket,
        previousDigestS3Object: before === undefined ? null : digestKey(i - 1),
        previousDigestHashValue: before === undefined ? null : sha(before),
        previousDigestHashAlgorithm: 'SHA-256',
        previousDigestSignature: before === undefined ? null : `aa0${i}`,
        logFiles: ['a', 'b'].map((letter) => {
          const object = logOf(i, letter);
          return {
            s3Bucket: bucket,
            s3Object: object.slice(`s3://${bucket}/`.length),
            hashValue: sha(contentOf(object)),
            hashAlgorithm: 'SHA-256',
          };
        }),
      }),
    );
  }
  return contents;
}

function checked(content: string, more: Partial<CheckedDigest> = {}): CheckedDigest {
  const digest = parseDigest(content);
  if (typeof digest === 'string') throw new Error(digest);
  return { ...digest, foundAt: digest.object, signature: 'valid', ...more };
}

/** What was read: every log that some digest of four hours names, unless said otherwise. */
function proved(digests: readonly CheckedDigest[], changes: { readonly [object: string]: readonly string[] | undefined } = {}) {
  const objects = [...new Set([...[0, 1, 2, 3].flatMap((n) => ['a', 'b'].map((letter) => logOf(n, letter))), ...Object.keys(changes)])];
  const named = (name: string) => objects.find((one) => trailName(one) === name) ?? name;
  const hashesOf = (name: string) => hashesNamed(named(name));
  const hashesNamed = (object: string) =>
    object in changes ? (changes[object] ?? []) : objects.includes(object) ? [sha(contentOf(object))] : [];
  const read = objects
    .filter((object) => hashesNamed(object).length > 0)
    .map((object) => ({ object: trailName(object), at: stampOf(object) ?? 0 }));
  return proveTrail(digests, hashesOf, read);
}

test('what a digest says, and what its signature signs', () => {
  const [first = '', second = ''] = chainOf(2);
  expect(parseDigest(second)).toMatchObject({
    account: '111122223333',
    region: 'eu-west-1',
    trail: 'my_trail',
    start: start + hour,
    end: start + 2 * hour,
    previous: { object: `s3://${bucket}/${digestKey(0)}`, hash: sha(first), signature: 'aa01' },
    signed: `${iso(start + 2 * hour)}\n${bucket}/${digestKey(1)}\n${sha(second)}\naa01`,
  });
  expect(parseDigest(first)).toMatchObject({ previous: null, signed: expect.stringMatching(/\nnull$/) });
});

test.each([
  ['no JSON', 'hello', 'it is not JSON'],
  ['a list', '[]', 'it lacks what a digest file says of itself'],
  [
    'another account',
    (chainOf(1)[0] ?? '').replace('"awsAccountId":"111122223333"', '"awsAccountId":"444455556666"'),
    'its name and its account do not fit together',
  ],
  [
    'an algorithm that is not known',
    (chainOf(1)[0] ?? '').replace('SHA256withRSA', 'none'),
    'its signature is of a kind that is not known here',
  ],
  ['a hash that is not known', (chainOf(1)[0] ?? '').replace('"SHA-256"}', '"MD5"}'), 'it names a log file without its hash'],
])('%s is no digest file', (_name, content, why) => {
  expect(parseDigest(content)).toBe(why);
});

test.each([
  ['s3://b/AWSLogs/o-x/111122223333/CloudTrail-Digest/eu-west-1/2026/x', 'AWSLogs/o-x/111122223333/CloudTrail/eu-west-1/'],
  ['s3://b/some/prefix/AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/x', 'AWSLogs/111122223333/CloudTrail/eu-west-1/'],
])('the logs of %s are below %s', (object, prefix) => {
  expect(logsBelow({ object, region: 'eu-west-1' })).toBe(prefix);
});

test('whatever a digest file holds, it is read or refused', () => {
  const [good = ''] = chainOf(1);
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.tuple(fc.nat(good.length), fc.string()).map(([at, text]) => good.slice(0, at) + text + good.slice(at + 1)),
      ),
      (content) => {
        const digest = parseDigest(content);
        if (typeof digest !== 'string')
          expect(proveTrail([{ ...digest, foundAt: digest.object, signature: 'valid' }], () => [], [])).toMatchObject({
            state: expect.any(String),
          });
      },
    ),
  );
});

describe('what a chain proves', () => {
  const all = () => chainOf(4).map((content) => checked(content));
  const reasons = (digests: readonly CheckedDigest[], changes = {}) => {
    const { state, faults } = proved(digests, changes);
    return [state, ...faults.map(({ reason }) => reason)];
  };

  test('all was read, unaltered: proven from the first start to the last end, in whatever order', () => {
    expect(proved(all().reverse())).toEqual({
      account: '111122223333',
      region: 'eu-west-1',
      trail: 'my_trail',
      state: 'proven',
      from: start,
      to: start + 4 * hour,
      faults: [],
      moreFaults: 0,
    });
  });

  test.each<[string, (digests: CheckedDigest[]) => readonly CheckedDigest[], object, readonly string[]]>([
    [
      'a log file is missing',
      (d) => d,
      { [logOf(1, 'a')]: undefined },
      ['broken', 'the log file was not read: it is missing or was deleted'],
    ],
    [
      'a log file was altered',
      (d) => d,
      { [logOf(1, 'a')]: [sha('x')] },
      ['broken', 'the log file was altered: its content has another hash'],
    ],
    [
      'a log file was read in two forms',
      (d) => d,
      { [logOf(1, 'a')]: [sha(contentOf(logOf(1, 'a'))), sha('x')] },
      ['broken', 'the log file was altered: its content has another hash'],
    ],
    ['a log file was added', (d) => d, { [logOf(1, 'c')]: [sha('x')] }, ['broken', 'no digest names this log file: it was added']],
    ['one of the last hour may be named later', (d) => d, { [logOf(3, 'c')]: [sha('x')] }, ['proven']],
    [
      'a digest file is missing',
      (d) => d.filter((_, i) => i !== 1),
      {},
      ['broken', 'no digest names this log file: it was added', 'no digest names this log file: it was added', 'a digest file is missing'],
    ],
    [
      'a digest file was altered',
      (d) => d.map((one, i) => (i === 1 ? { ...one, hash: sha('x') } : one)),
      {},
      ['broken', 'the digest file was altered: its content has another hash'],
    ],
    [
      'a digest file was moved',
      (d) => d.map((one, i) => (i === 1 ? { ...one, foundAt: 's3://elsewhere/x' } : one)),
      {},
      ['broken', 'the digest file lies elsewhere than where it was delivered to'],
    ],
    [
      'a signature is not valid',
      (d) => d.map((one, i) => (i === 1 ? { ...one, signature: 'invalid' } : one)),
      {},
      ['broken', 'the signature of the digest file is not valid'],
    ],
    [
      'the trail was stopped and started',
      (d) => d.map((one, i) => (i === 2 ? { ...one, previous: null } : one)),
      {},
      ['broken', 'delivery began anew at 2026-01-05T12:00:00.000Z: what came before it is not linked to what came after'],
    ],
    ['no key is at hand', (d) => d.map((one) => ({ ...one, signature: 'no-key' })), {}, ['unproven']],
  ])('%s', (_name, change, changes, expected) => {
    expect(reasons(change(all()), changes)).toEqual(expected);
  });

  test('the last one, whose signature nobody kept, is not part of what is proven', () => {
    const digests = all().map((one, i): CheckedDigest => (i === 3 ? { ...one, signature: 'unsigned' } : one));
    expect(proved(digests)).toMatchObject({ state: 'proven', from: start, to: start + 3 * hour });
  });
});
