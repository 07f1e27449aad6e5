import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto';
import { InputError } from '../model/errors.ts';

/**
 * Checkpoints as signed notes: https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint.
 * A note is the body (origin, size, root, one a line), an empty line, and signature lines `— name base64(id || signature)`.
 */

export interface CheckpointBody {
  readonly origin: string;
  readonly size: number;
  /** Base64 of the 32 bytes of the RFC 6962 root. */
  readonly root: string;
}

export interface NoteSignature {
  readonly name: string;
  /** 8 hexadecimal digits. */
  readonly keyId: string;
  readonly signature: Uint8Array;
}

export interface ParsedCheckpoint extends CheckpointBody {
  /** The exact text that is signed. */
  readonly body: string;
  readonly signatures: readonly NoteSignature[];
}

/** A public key that we trust under a name; `publicKey` is the 32 raw bytes of Ed25519. */
export interface NoteKey {
  readonly name: string;
  readonly publicKey: Uint8Array;
}

const ed25519 = 1;
/** DER of SubjectPublicKeyInfo up to the key's 32 bytes (RFC 8410). */
const spkiPrefix = Buffer.from('302a300506032b6570032100', 'hex');

/** The text that a signer signs. Throws a TypeError for an origin that a note cannot carry. */
export function checkpointBody({ origin, size, root }: CheckpointBody): string {
  if (!isName(origin)) throw new TypeError('an origin is not empty and has no space, plus or line break');
  return `${origin}\n${size}\n${root}\n`;
}

/** The signed note. */
export function checkpointNote(body: string, key: NoteKey, signature: Uint8Array): string {
  const line = Buffer.concat([Buffer.from(keyIdOf(key), 'hex'), signature]).toString('base64');
  return `${body}\n\u2014 ${key.name} ${line}\n`;
}

/** The first four bytes of SHA-256(name, line feed, algorithm, key) as 8 hexadecimal digits. */
export function keyIdOf({ name, publicKey }: NoteKey): string {
  return createHash('sha256').update(`${name}\n`).update(Uint8Array.of(ed25519)).update(publicKey).digest('hex').slice(0, 8);
}

/** The key as other tools take it: `name+id+base64(algorithm || key)`. */
export function verifierKey(key: NoteKey): string {
  return `${key.name}+${keyIdOf(key)}+${Buffer.concat([Uint8Array.of(ed25519), key.publicKey]).toString('base64')}`;
}

/** The key of its 32 raw bytes. Throws for bytes that are none. */
export function publicKeyOf(raw: Uint8Array): KeyObject {
  return createPublicKey({ key: Buffer.concat([spkiPrefix, raw]), format: 'der', type: 'spki' });
}

/** Throws InputError for a text that is no Ed25519 verifier key, or whose id does not fit. */
export function parseVerifierKey(text: string): NoteKey {
  const [name = '', id = '', ...rest] = text.trim().split('+');
  // Base64 may hold a plus of its own.
  const bytes = decodeBase64(rest.join('+'));
  if (!isName(name) || bytes === null || bytes.length !== 33 || bytes[0] !== ed25519) {
    throw new InputError('not an Ed25519 verifier key (name+id+key)', 'key');
  }
  const key = { name, publicKey: bytes.subarray(1) };
  if (keyIdOf(key) !== id) throw new InputError('the id of this verifier key does not fit its name and key', name);
  return key;
}

/** Throws InputError when the text is no checkpoint; it says nothing about the signatures. */
export function parseCheckpoint(note: string): ParsedCheckpoint {
  const fail = (reason: string): never => {
    throw new InputError(reason, 'checkpoint');
  };
  const end = note.lastIndexOf('\n\n');
  if (end === -1) return fail('no empty line between text and signatures');
  const body = note.slice(0, end + 1);
  const [origin = '', sizeText = '', root = ''] = body.split('\n');
  if (!isName(origin)) return fail('the first line is no origin');
  if (!/^(0|[1-9]\d{0,15})$/.test(sizeText) || !Number.isSafeInteger(Number(sizeText))) return fail('the second line is no size');
  if (decodeBase64(root)?.length !== 32) return fail('the third line is no root');
  const text = note.slice(end + 2);
  if (!text.endsWith('\n')) return fail('the last line is not complete');
  const signatures = text
    .slice(0, -1)
    .split('\n')
    .map((line) => parseSignature(line) ?? fail('a line after the text is no signature'));
  return { origin, size: Number(sizeText), root, body, signatures };
}

function parseSignature(line: string): NoteSignature | null {
  const [dash, name = '', encoded = '', ...more] = line.split(' ');
  const bytes = decodeBase64(encoded);
  if (dash !== '\u2014' || !isName(name) || more.length > 0 || bytes === null || bytes.length < 5) return null;
  return { name, keyId: bytes.subarray(0, 4).toString('hex'), signature: bytes.subarray(4) };
}

/** `unknown-key`: none of its signatures claims to be by one of these keys; `bad`: one does, and is not. */
export function checkSignatures(checkpoint: ParsedCheckpoint, keys: readonly NoteKey[]): 'good' | 'bad' | 'unknown-key' {
  let good = false;
  for (const { name, keyId, signature } of checkpoint.signatures) {
    const key = keys.find((one) => one.name === name && keyIdOf(one) === keyId);
    if (key === undefined) continue;
    if (!isSignedBy(checkpoint.body, key.publicKey, signature)) return 'bad';
    good = true;
  }
  return good ? 'good' : 'unknown-key';
}

function isSignedBy(body: string, publicKey: Uint8Array, signature: Uint8Array): boolean {
  try {
    return verify(null, Buffer.from(body, 'utf8'), publicKeyOf(publicKey), signature);
  } catch {
    return false;
  }
}

/**
 * The notes of a text that holds one or many, with empty lines between them: a file that a log has written outside.
 * An incomplete last one (the writer was cut off) is left out; anything else that is no checkpoint throws InputError
 * with its line.
 */
export function splitCheckpoints(text: string): readonly string[] {
  const notes: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (text[at] === '\n') {
      at++;
      continue;
    }
    wholeNote.lastIndex = at;
    const note = wholeNote.exec(text)?.[0];
    if (note === undefined && tornNote.test(text.slice(at))) break;
    const line = text.slice(0, at).split('\n').length;
    if (note === undefined) throw new InputError('not a checkpoint', `line ${line}`);
    try {
      parseCheckpoint(note);
    } catch (error) {
      throw new InputError(error instanceof Error ? error.message : 'not a checkpoint', `line ${line}`, { cause: error });
    }
    notes.push(note);
    at += note.length;
  }
  return notes;
}

const wholeNote = /(?:[^\n]+\n)+\n(?:\u2014 [^\n]*\n)+/y;
/** A text that ends in the middle of a note. */
const tornNote = /^(?:[^\n]+\n)*(?:[^\n]*|\n(?:\u2014[^\n]*)?)$/;

function isName(text: string): boolean {
  return text !== '' && !/[\s+]/.test(text);
}

/** Strict base64: what re-encodes to the same text. */
function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length > 0 && bytes.toString('base64') === text ? bytes : null;
}
