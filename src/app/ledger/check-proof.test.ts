import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkpointBody, checkpointNote, type NoteKey, verifierKey } from '../../core/lib/checkpoint.ts';
import { consistencyProof, inclusionProof, leafHash, merkleRoot } from '../../core/lib/merkle.ts';
import { type CheckProofInput, checkProof } from './check-proof.ts';
import type { ConsistencyProof, InclusionProof } from './prove.ts';
import { publicPem, trustedKey } from './trusted-keys.ts';

const origin = 'jobzero/default';
const { privateKey } = generateKeyPairSync('ed25519');
const key = keyOf(privateKey);
const texts = Array.from({ length: 70 }, (_, i) => `{"leaf":${i}}`);
const leaves = texts.map(leafHash);
const inBase64 = (hashes: readonly Uint8Array[]) => hashes.map((hash) => Buffer.from(hash).toString('base64'));

function keyOf(secret: KeyObject): NoteKey {
  return { name: origin, publicKey: createPublicKey(secret).export({ format: 'der', type: 'spki' }).subarray(-32) };
}

function signed(size: number, root = merkleRoot(leaves.slice(0, size)), of = origin, secret = privateKey): string {
  const body = checkpointBody({ origin: of, size, root: root.toString('base64') });
  return checkpointNote(body, { ...keyOf(secret), name: of }, sign(null, Buffer.from(body), secret));
}

function included(size: number, index: number): InclusionProof {
  const hashes = inBase64(inclusionProof(leaves.slice(0, size), index));
  return { format: 'jobzero.ledger-inclusion/1', index, leaf: texts[index] ?? '', hashes, checkpoint: signed(size) };
}

function continued(earlier: number, size: number): ConsistencyProof {
  const hashes = inBase64(consistencyProof(leaves.slice(0, size), earlier));
  return { format: 'jobzero.ledger-consistency/1', earlier: signed(earlier), hashes, checkpoint: signed(size) };
}

const check = (proof: unknown, more: Partial<CheckProofInput> = {}) =>
  checkProof({ proof: JSON.stringify(proof), keysFor: () => [key], origin: null, outside: [], ...more });
const faultsOf = (proof: unknown, more: Partial<CheckProofInput> = {}) => check(proof, more).faults.map(({ fault }) => fault);

/** Something of a proof is exchanged for what is there elsewhere, or for nothing. */
const change = fc.oneof(
  fc.record({ what: fc.constant('nothing' as const) }),
  fc.record({ what: fc.constant('hash' as const), at: fc.nat(8), by: fc.nat(69) }),
  fc.record({ what: fc.constant('drop' as const), at: fc.nat(8) }),
  fc.record({ what: fc.constant('add' as const), at: fc.nat(8), by: fc.nat(69) }),
  fc.record({ what: fc.constant('swap' as const), at: fc.nat(8) }),
);

function changed(hashes: readonly string[], how: typeof change extends fc.Arbitrary<infer T> ? T : never): readonly string[] {
  const at = 'at' in how && hashes.length > 0 ? how.at % hashes.length : 0;
  const by = 'by' in how ? inBase64([leaves[how.by] ?? Buffer.alloc(32)]) : [];
  if (how.what === 'hash') return hashes.length === 0 ? by : hashes.with(at, by[0] ?? '');
  if (how.what === 'drop') return hashes.toSpliced(at, 1);
  if (how.what === 'add') return hashes.toSpliced(at, 0, ...by);
  if (how.what === 'swap' && at + 1 < hashes.length) return hashes.toSpliced(at, 2, hashes[at + 1] ?? '', hashes[at] ?? '');
  return hashes;
}

describe('of all proofs that are made up of true and exchanged parts, the true ones hold and no others', () => {
  const size = fc.integer({ min: 1, max: 70 });

  test('of a leaf', () => {
    fc.assert(
      fc.property(size, fc.nat(69), fc.nat(69), fc.nat(69), change, (n, i, claimed, said, how) => {
        const index = i % n;
        const honest = included(n, index);
        const at = how.what === 'nothing' ? claimed % (n + 1) : index;
        const leaf = how.what === 'nothing' && said % 3 !== 0 ? (texts[said] ?? '') : honest.leaf;
        const hashes = changed(honest.hashes, how);
        // The definition: the leaf is the one of this index, and the hashes are those of the definition.
        const isTrue =
          at < n && leaf === texts[at] && JSON.stringify(hashes) === JSON.stringify(inBase64(inclusionProof(leaves.slice(0, n), at)));
        expect(check({ ...honest, index: at, leaf, hashes }).ok).toBe(isTrue);
      }),
      { numRuns: 400 },
    );
  });

  test('of an earlier log', () => {
    fc.assert(
      fc.property(size, fc.nat(70), fc.nat(70), change, (n, m, said, how) => {
        const earlier = m % (n + 1);
        const honest = continued(earlier, n);
        const then = how.what === 'nothing' ? said : earlier;
        const hashes = changed(honest.hashes, how);
        const isTrue =
          then <= n && JSON.stringify(hashes) === JSON.stringify(inBase64(consistencyProof(leaves.slice(0, n), Math.min(then, n))));
        expect(check({ ...honest, earlier: signed(then), hashes }).ok).toBe(isTrue);
      }),
      { numRuns: 400 },
    );
  });
});

test('what it proves is told', () => {
  expect(check(included(7, 3))).toMatchObject({
    ok: true,
    proves: 'inclusion',
    origin,
    size: 7,
    leaf: { index: 3, bytes: texts[3] },
    basis: 'inside-only',
  });
  expect(check(continued(3, 7))).toMatchObject({ ok: true, proves: 'consistency', size: 7, earlier: { size: 3 } });
});

describe('not proven is', () => {
  const other = generateKeyPairSync('ed25519').privateKey;
  test.each<[string, unknown, readonly string[], Partial<CheckProofInput>?]>([
    ['what somebody else signed', { ...included(7, 3), checkpoint: signed(7, undefined, origin, other) }, ['unknown-key']],
    [
      'a checkpoint whose size was changed',
      { ...included(8, 3), checkpoint: signed(8).replace('\n8\n', '\n9\n') },
      ['bad-signature', 'not-included'],
    ],
    ['a proof of another log than was expected', included(7, 3), ['another-log'], { origin: 'jobzero/other' }],
    [
      'a proof from one log to another, both with this key',
      { ...continued(3, 7), earlier: signed(3, undefined, 'jobzero/other') },
      ['another-log'],
      { keysFor: (name) => [{ ...key, name }] },
    ],
    ['a log that a key of another log signed', { ...included(7, 3), checkpoint: signed(7, undefined, 'jobzero/other') }, ['unknown-key']],
    ['another leaf', { ...included(7, 3), leaf: texts[4] }, ['not-included']],
    ['an index beyond the log', { ...included(7, 3), index: 7 }, ['not-included']],
    ['an index at the end of all numbers', { ...included(7, 3), index: Number.MAX_SAFE_INTEGER }, ['not-included']],
    ['a log that was cut', { ...continued(7, 7), checkpoint: signed(3) }, ['not-continued']],
    ['a log that begins otherwise', { ...continued(3, 7), earlier: signed(3, leafHash('other')) }, ['not-continued']],
    [
      'a log of 2^53 - 1 leaves without hashes',
      { ...included(1, 0), checkpoint: signed(Number.MAX_SAFE_INTEGER, leaves[0]) },
      ['not-included'],
    ],
  ])('%s', (_, proof, faults, more) => {
    expect(faultsOf(proof, more)).toEqual(faults);
  });

  test('what does not begin or end at a checkpoint that was kept, or has another of its size', () => {
    const [kept, forged] = [signed(3), signed(7, leafHash('other'))];
    expect(faultsOf(included(7, 3), { outside: [kept] })).toEqual(['not-the-kept-checkpoint']);
    expect(check(continued(3, 7), { outside: [kept] })).toMatchObject({ ok: true, basis: 'outside-checkpoint' });
    expect(check(included(7, 3), { outside: [`${kept}\n${signed(7)}`] })).toMatchObject({ ok: true, basis: 'outside-checkpoint' });
    expect(faultsOf(included(7, 3), { outside: [forged] })).toEqual(['inconsistent-with-outside', 'not-the-kept-checkpoint']);
  });
});

describe('refused as no proof, with its place, is', () => {
  const good = included(7, 3);
  const text = JSON.stringify(good);
  test.each<[string, string, string]>([
    ['no JSON', '{"format', 'not JSON'],
    ['nothing', '', 'not JSON'],
    ['another document', '{"format":"jobzero.ledger-export/1"}', 'format'],
    ['a list', '[]', 'no proof'],
    ['JSON that is deep', `${'['.repeat(200_000)}${']'.repeat(200_000)}`, 'no proof'],
    [
      'a leaf that is deep JSON, not a text',
      text.replace(/"leaf":"[^}]*\}"/, `"leaf":${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`),
      'leaf',
    ],
    ['an index above 2^53', text.replace('"index":3', '"index":9007199254740993'), 'index'],
    ['an index below 0', text.replace('"index":3', '"index":-1'), 'index'],
    ['an index with a fraction', text.replace('"index":3', '"index":3.5'), 'index'],
    ['an index as text', text.replace('"index":3', '"index":"3"'), 'index'],
    ['a size above 2^53', JSON.stringify({ ...good, checkpoint: good.checkpoint.replace('\n7\n', '\n9007199254740993\n') }), 'checkpoint'],
    ['a size with a zero before it', JSON.stringify({ ...good, checkpoint: good.checkpoint.replace('\n7\n', '\n07\n') }), 'checkpoint'],
    ['a checkpoint that is cut', JSON.stringify({ ...good, checkpoint: good.checkpoint.slice(0, -1) }), 'checkpoint'],
    ['a hash of 31 bytes', JSON.stringify({ ...good, hashes: [Buffer.alloc(31).toString('base64')] }), 'hashes.0'],
    ['a hash of 64 bytes', JSON.stringify({ ...good, hashes: [Buffer.alloc(64).toString('base64')] }), 'hashes.0'],
    ['a hash with stray bits', JSON.stringify({ ...good, hashes: [`${'A'.repeat(42)}B=`] }), 'hashes.0'],
    ['more hashes than any log has', JSON.stringify({ ...good, hashes: Array(55).fill(good.hashes[0]) }), 'hashes'],
    ['a leaf whose text has no bytes of its own', JSON.stringify({ ...good, leaf: '"\ud800"' }), 'leaf'],
    ['something added', JSON.stringify({ ...good, verified: true }), 'no proof'],
    ['too large', JSON.stringify({ ...good, leaf: 'x'.repeat(17 * 1024 * 1024) }), 'larger'],
  ])('%s', (_, proof, says) => {
    expect(() => checkProof({ proof, keysFor: () => [key], origin: null, outside: [] })).toThrow(says);
  });
});

test('any text is refused or not proven, and never breaks the checker', () => {
  const noise = fc.oneof(
    fc.json(),
    fc.string(),
    fc.string().map((leaf) => JSON.stringify({ ...included(7, 3), leaf })),
  );
  fc.assert(
    fc.property(noise, (proof) => {
      try {
        expect(checkProof({ proof, keysFor: () => [key], origin: null, outside: [] }).ok).toBe(proof === JSON.stringify(included(7, 3)));
      } catch (error) {
        expect(error).toMatchObject({ name: 'InputError' });
      }
    }),
  );
});

test('a key is a line of "ledger key", good for its log alone, or PEM, good for each; a private key is refused', () => {
  const line = verifierKey(key);
  expect(trustedKey(`${line}\n`)('jobzero/other')).toEqual(key);
  expect(trustedKey(publicPem(line))('jobzero/other')).toEqual({ ...key, name: 'jobzero/other' });
  expect(() => trustedKey(String(privateKey.export({ format: 'pem', type: 'pkcs8' })))).toThrow('private key');
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey;
  expect(() => trustedKey(String(rsa.export({ format: 'pem', type: 'spki' })))).toThrow('Ed25519');
  expect(() => trustedKey('nonsense')).toThrow('verifier key');
});
