import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkpointBody,
  checkpointNote,
  checkSignatures,
  keyIdOf,
  type NoteKey,
  parseCheckpoint,
  parseVerifierKey,
  splitCheckpoints,
  verifierKey,
} from './checkpoint.ts';
import { leafHash } from './merkle.ts';

/** An Ed25519 key from a seed; the prefix is DER of RFC 8410. */
function keyPair(name: string, seed: number) {
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.alloc(32, seed)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-32);
  const key: NoteKey = { name, publicKey };
  return { key, note: (body: string) => checkpointNote(body, key, sign(null, Buffer.from(body), privateKey)) };
}

const origin = 'jobzero.example/default';
const mine = keyPair(origin, 1);
const other = keyPair(origin, 2);
const root = leafHash('a').toString('base64');
const body = checkpointBody({ origin, size: 7, root });

test('a note has the documented form', () => {
  const note = mine.note(body);
  expect(note).toMatch(
    /^jobzero\.example\/default\n7\n[A-Za-z0-9+/]{43}=\n\n\u2014 jobzero\.example\/default [A-Za-z0-9+/]{90,91}={0,2}\n$/,
  );
  expect(parseCheckpoint(note)).toMatchObject({ origin, size: 7, root, body });
});

test('what is printed is read again, and its signature holds', () => {
  fc.assert(
    fc.property(fc.nat({ max: Number.MAX_SAFE_INTEGER }), fc.uint8Array({ minLength: 32, maxLength: 32 }), (size, bytes) => {
      const parsed = parseCheckpoint(mine.note(checkpointBody({ origin, size, root: Buffer.from(bytes).toString('base64') })));
      expect(parsed.size).toBe(size);
      expect(Buffer.from(parsed.root, 'base64')).toEqual(Buffer.from(bytes));
      expect(checkSignatures(parsed, [other.key, mine.key])).toBe('good');
    }),
    { numRuns: 50 },
  );
});

describe('signatures', () => {
  test('a changed text is bad, an unknown key is unknown, and a second signature by a stranger does no harm', () => {
    const note = mine.note(body);
    expect(checkSignatures(parseCheckpoint(note.replace('\n7\n', '\n8\n')), [mine.key])).toBe('bad');
    expect(checkSignatures(parseCheckpoint(note), [other.key])).toBe('unknown-key');
    expect(checkSignatures(parseCheckpoint(note), [])).toBe('unknown-key');
    const twice = note + other.note(body).slice(body.length + 1);
    expect(checkSignatures(parseCheckpoint(twice), [mine.key])).toBe('good');
    expect(checkSignatures(parseCheckpoint(twice.replace('\n7\n', '\n8\n')), [mine.key])).toBe('bad');
  });

  test('a key of the same bytes under another name is another key', () => {
    expect(keyIdOf(mine.key)).not.toBe(keyIdOf({ ...mine.key, name: 'another.example' }));
  });
});

test.each([
  ['', /empty line/],
  ['a\n7\n', /empty line/],
  [`a b\n7\n${root}\n\n\u2014 a AAAAAAAA\n`, /origin/],
  [`a\n07\n${root}\n\n\u2014 a AAAAAAAA\n`, /size/],
  [`a\n-1\n${root}\n\n\u2014 a AAAAAAAA\n`, /size/],
  [`a\n99999999999999999\n${root}\n\n\u2014 a AAAAAAAA\n`, /size/],
  ['a\n7\nAAAA\n\n\u2014 a AAAAAAAA\n', /root/],
  [`a\n7\n${root.slice(0, -1)}\n\n\u2014 a AAAAAAAA\n`, /root/],
  [`a\n7\n${root}\n\n`, /complete/],
  [`a\n7\n${root}\n\n\u2014 a AAAAAAAA`, /complete/],
  [`a\n7\n${root}\n\n- a AAAAAAAA\n`, /signature/],
  [`a\n7\n${root}\n\n\u2014 a AAAA\n`, /signature/],
  [`a\n7\n${root}\n\n\u2014 a !!!!\n`, /signature/],
])('%j is refused', (note, why) => {
  expect(() => parseCheckpoint(note)).toThrow(why);
});

test('any text is parsed or refused, never anything else', () => {
  const line = fc.constantFrom('', 'a', '7', root, '\u2014 a AAAAAAAA', '\u2014 ', '\u0000');
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(line).map((lines) => lines.join('\n')),
      ),
      (text) => {
        for (const read of [parseCheckpoint, splitCheckpoints, parseVerifierKey]) {
          try {
            read(text);
          } catch (error) {
            expect(error).toMatchObject({ name: 'InputError' });
          }
        }
      },
    ),
  );
});

describe('verifier keys', () => {
  test('are read as they are printed', () => {
    expect(parseVerifierKey(verifierKey(mine.key))).toEqual({ name: origin, publicKey: Buffer.from(mine.key.publicKey) });
  });

  test('of another id are refused', () => {
    expect(() => parseVerifierKey(verifierKey(mine.key).replace(/\+[0-9a-f]{8}\+/, '+00000000+'))).toThrow(/does not fit/);
  });
});

describe('files of checkpoints', () => {
  const notes = [1, 2, 3].map((size) => mine.note(checkpointBody({ origin, size, root })));

  test('hold one or many', () => {
    expect(splitCheckpoints(notes.join('\n'))).toEqual(notes);
    expect(splitCheckpoints(notes.map((note) => `${note}\n`).join(''))).toEqual(notes);
    expect(splitCheckpoints(notes[0] ?? '')).toEqual([notes[0]]);
    expect(splitCheckpoints('')).toEqual([]);
  });

  test('lose at most the last when the writer was cut off, at whichever byte', () => {
    const text = notes.map((note) => `${note}\n`).join('');
    for (let length = 0; length < text.length; length++) {
      const whole = notes.filter((_, i) => notes.slice(0, i + 1).join('\n').length <= length);
      expect(splitCheckpoints(text.slice(0, length))).toEqual(whole);
    }
  });

  test('name the line of what is no checkpoint', () => {
    const text = `${notes[0]}\nnonsense\n\n${notes[1]}`;
    expect(() => splitCheckpoints(text)).toThrow(/line 7/);
  });
});
