import { checkPrimeSync, createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { sha256 } from '../../core/lib/hash.ts';

/** A key pair with which digest files of one Region are signed. */
export interface DigestKey {
  readonly privateKey: KeyObject;
  /** DER in PKCS #1, base64: the `Value` of ListPublicKeys. */
  readonly value: string;
  readonly fingerprint: string;
}

const exponent = 65_537n;
const primeBits = 1024;

/**
 * An RSA key of 2048 bits that is the same for the same text: whoever knows the text knows the key. It signs what is simulated
 * and nothing else. CloudTrail has other keys in each Region, named by 32 hexadecimal digits.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
 */
export function digestKey(text: string): DigestKey {
  const p = primeOf(`${text}/p`);
  const q = primeOf(`${text}/q`);
  const d = inverse(exponent, (p - 1n) * (q - 1n));
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'RSA',
      n: encoded(p * q),
      e: encoded(exponent),
      d: encoded(d),
      p: encoded(p),
      q: encoded(q),
      dp: encoded(d % (p - 1n)),
      dq: encoded(d % (q - 1n)),
      qi: encoded(inverse(q, p)),
    },
  });
  const der = createPublicKey(privateKey).export({ type: 'pkcs1', format: 'der' });
  return { privateKey, value: der.toString('base64'), fingerprint: createHash('md5').update(der).digest('hex') };
}

/** The first prime from a place that the text gives, whose two highest bits are set: two of them have a product of full length. */
function primeOf(text: string): bigint {
  for (let n = 0; ; n++) {
    const hex = Array.from({ length: primeBits / 256 }, (_, i) => sha256(`${text}/${n}/${i}`)).join('');
    const candidate = BigInt(`0x${hex}`) | (3n << BigInt(primeBits - 2)) | 1n;
    if ((candidate - 1n) % exponent !== 0n && checkPrimeSync(candidate)) return candidate;
  }
}

/** Extended Euclid: Knuth, The Art of Computer Programming, volume 2, 4.5.2. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [a, b] = [value % modulus, modulus];
  let [x, y] = [1n, 0n];
  while (b !== 0n) {
    const quotient = a / b;
    [a, b] = [b, a % b];
    [x, y] = [y, x - quotient * y];
  }
  return ((x % modulus) + modulus) % modulus;
}

function encoded(value: bigint): string {
  const hex = value.toString(16);
  return Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex').toString('base64url');
}
