import { Buffer } from 'node:buffer';
import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

/** An authority of certificates, for tests. */
export interface Authority {
  /** Its own certificate, PEM. */
  readonly pem: string;
  /** A certificate of a server on 127.0.0.1, with its key. */
  issue(): { readonly cert: string; readonly key: string };
}

/** A new authority with a key of its own. */
export function newAuthority(name: string): Authority {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const isAuthority = extension('551d13', true, sequence(Buffer.from('0101ff', 'hex')));
  return {
    pem: certificate(name, name, publicKey, privateKey, [isAuthority]),
    issue: () => {
      const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const address = extension('551d11', false, sequence(tagged(0x87, Buffer.from([127, 0, 0, 1]))));
      const cert = certificate('server', name, createPublicKey(own.privateKey), privateKey, [address]);
      return { cert, key: own.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
    },
  };
}

/** DER: https://www.itu.int/rec/T-REC-X.690; what is in a certificate: RFC 5280, 4.1. */
function certificate(subject: string, issuer: string, of: KeyObject, by: KeyObject, extensions: readonly Buffer[]): string {
  // ecdsa-with-SHA256
  const algorithm = sequence(tagged(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
  const content = sequence(
    tagged(0xa0, integer(2)),
    integer(1 + Math.floor(Math.random() * 0x7fff_ffff)),
    algorithm,
    named(issuer),
    sequence(time('20200101000000Z'), time('20991231235959Z')),
    named(subject),
    of.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...extensions)),
  );
  const signature = tagged(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', content, by)]));
  const text = sequence(content, algorithm, signature).toString('base64').replace(/.{64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${text}\n-----END CERTIFICATE-----\n`;
}

function named(name: string): Buffer {
  const part = sequence(tagged(0x06, Buffer.from('550403', 'hex')), tagged(0x0c, Buffer.from(name)));
  return sequence(tagged(0x31, part));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
  const mark = critical ? [Buffer.from('0101ff', 'hex')] : [];
  return sequence(tagged(0x06, Buffer.from(id, 'hex')), ...mark, tagged(0x04, value));
}

function time(value: string): Buffer {
  return tagged(0x18, Buffer.from(value));
}

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeUInt32BE(value, 1);
  const first = bytes.findIndex((byte) => byte !== 0);
  const from = first < 0 ? 4 : (bytes[first] ?? 0) > 0x7f ? first - 1 : first;
  return tagged(0x02, bytes.subarray(from));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
