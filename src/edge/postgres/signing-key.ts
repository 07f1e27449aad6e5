import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { InputError } from '../../core/model/errors.ts';
import type { Signer } from '../../core/ports/signer.ts';
import { writeOnce } from './private-file.ts';

/** The Ed25519 key of a file (PKCS #8 PEM, mode 0600), which is made when it is missing. Throws InputError for another kind of key. */
export async function openSigningKey(path: string): Promise<Signer> {
  const pem = await writeOnce(path, async () => String(generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' })));
  let key: KeyObject;
  try {
    key = createPrivateKey(pem);
  } catch (error) {
    throw new InputError('not a private key in PEM', path, { cause: error });
  }
  if (key.asymmetricKeyType !== 'ed25519') throw new InputError(`an Ed25519 key is needed, and this is ${key.asymmetricKeyType}`, path);
  return {
    publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32),
    sign: async (message) => sign(null, message, key),
  };
}
