import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { textAt } from '../../core/lib/json-at.ts';
import type { JsonObject } from '../../core/model/json.ts';

/** What a browser and an authenticator may get wrong, or be made to. */
export interface Deceit {
  readonly origin?: string;
  readonly challenge?: string;
  readonly isVerified?: boolean;
  readonly counter?: number;
  readonly breaksSignature?: boolean;
}

/** A browser with one passkey that signs for real: ES256, attestation `none`, a counter that goes up by one. https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data */
export function authenticatorUnderTest(site: { readonly id: string; readonly origin: string }) {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16);
  let counter = 0;
  const dataOf = (deceit: Deceit, attested: Buffer) => {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(deceit.counter ?? ++counter);
    const flags = 0x01 | (deceit.isVerified === false ? 0 : 0x04) | (attested.length > 0 ? 0x40 : 0);
    return Buffer.concat([sha(Buffer.from(site.id)), Buffer.from([flags]), count, attested]);
  };
  const clientData = (type: string, options: JsonObject, deceit: Deceit) =>
    Buffer.from(
      JSON.stringify({
        type,
        challenge: deceit.challenge ?? textAt(options, 'challenge'),
        origin: deceit.origin ?? site.origin,
        crossOrigin: false,
      }),
    );
  const answer = (response: JsonObject): JsonObject => ({
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
    response,
  });
  return {
    create(options: JsonObject, deceit: Deceit = {}): JsonObject {
      // A COSE key: { 1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y }.
      const key = Buffer.concat([
        Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
        cborBytes(Buffer.from(x, 'base64url')),
        Buffer.from([0x22]),
        cborBytes(Buffer.from(y, 'base64url')),
      ]);
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const attestation = Buffer.concat([
        Buffer.from([0xa3]),
        cborText('fmt'),
        cborText('none'),
        cborText('attStmt'),
        Buffer.from([0xa0]),
        cborText('authData'),
        cborBytes(dataOf(deceit, attested)),
      ]);
      return answer({
        clientDataJSON: clientData('webauthn.create', options, deceit).toString('base64url'),
        attestationObject: attestation.toString('base64url'),
        transports: ['internal'],
      });
    },
    get(options: JsonObject, deceit: Deceit = {}): JsonObject {
      const data = dataOf(deceit, Buffer.alloc(0));
      const client = clientData('webauthn.get', options, deceit);
      const signed = deceit.breaksSignature === true ? Buffer.concat([data, client]) : Buffer.concat([data, sha(client)]);
      return answer({
        clientDataJSON: client.toString('base64url'),
        authenticatorData: data.toString('base64url'),
        signature: sign('sha256', signed, privateKey).toString('base64url'),
      });
    },
  };
}

function sha(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest();
}

function cborText(text: string): Buffer {
  return Buffer.concat([Buffer.from([0x60 + text.length]), Buffer.from(text)]);
}

/** Byte strings of up to 65,535 bytes. */
function cborBytes(bytes: Buffer): Buffer {
  const head =
    bytes.length < 24 ? [0x40 + bytes.length] : bytes.length < 256 ? [0x58, bytes.length] : [0x59, bytes.length >> 8, bytes.length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
}
