import { createPublicKey, type KeyObject } from 'node:crypto';
import { type NoteKey, parseVerifierKey, publicKeyOf } from '../../core/lib/checkpoint.ts';
import { InputError } from '../../core/model/errors.ts';

/**
 * The key in a text: a line as `ledger key` prints it (`name+id+key`), which is good for the log of its name alone; or an Ed25519 public
 * key in PEM, which names no log and is good for each. Throws InputError for neither, and for a private key: it is not to be handed out.
 */
export function trustedKey(text: string): (origin: string) => NoteKey {
  if (!text.includes('-----BEGIN')) {
    const key = parseVerifierKey(text);
    return () => key;
  }
  if (text.includes('PRIVATE KEY')) throw new InputError('this is the private key; "ledger key --pem" prints the public one', 'key');
  let key: KeyObject;
  try {
    key = createPublicKey(text);
  } catch (error) {
    throw new InputError('not a public key in PEM', 'key', { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new InputError(`an Ed25519 key is needed, and this is ${key.asymmetricKeyType}`, 'key');
  const publicKey = key.export({ format: 'der', type: 'spki' }).subarray(-32);
  return (origin) => ({ name: origin, publicKey });
}

/** A verifier key as other tools read it: SubjectPublicKeyInfo in PEM (RFC 8410). */
export function publicPem(line: string): string {
  return String(publicKeyOf(parseVerifierKey(line).publicKey).export({ format: 'pem', type: 'spki' }));
}
