import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { CheckedDigest, SignatureState } from '../core/collect/cloudtrail/digest-chain.ts';
import { type DigestFile, parseDigest } from '../core/collect/cloudtrail/digest-file.ts';
import type { Json } from '../core/model/json.ts';
import type { Store } from '../core/ports/store.ts';

/** Public keys of CloudTrail by their fingerprints: DER in PKCS #1, as ListPublicKeys gives them. */
export type DigestKeys = ReadonlyMap<string, Uint8Array>;

/** Where digest files are. */
export interface DigestSource {
  /** The names of all digest files. */
  list(): AsyncIterable<string>;
  /** The decompressed content, and the signature (hexadecimal) that lies beside it; null where it was not kept. Null: it is gone. */
  read(name: string): Promise<{ readonly content: string; readonly signature: string | null } | null>;
  /** The keys of one Region that were in use in this time; none where they cannot be had. */
  keys(region: string, from: number, to: number): Promise<DigestKeys>;
}

export interface CheckedDigests {
  readonly checked: number;
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
}

const atOnce = 500;

/**
 * Reads digest files that are not known as valid yet, checks their signatures, and stores what they say. A signature
 * that was not kept beside its file, as in a folder that a bucket was synchronised to, is taken from the next digest.
 */
export async function checkDigests(store: Store, tenant: string, source: DigestSource): Promise<CheckedDigests> {
  const known = await store.within(tenant, (tx) => tx.deliveries.digestsSince(0));
  const valid = new Set(known.filter(({ doc }) => (doc as unknown as CheckedDigest).signature === 'valid').map(({ object }) => object));
  const following = new Map(known.flatMap(({ doc }) => followed(doc as unknown as CheckedDigest)));
  const refused: { name: string; reason: string }[] = [];
  const fresh: { readonly digest: DigestFile; readonly foundAt: string; readonly signature: string | null }[] = [];
  for await (const name of source.list()) {
    if (valid.has(name)) continue;
    const read = await source.read(name);
    if (read === null) continue;
    const digest = parseDigest(read.content);
    if (typeof digest === 'string') refused.push({ name, reason: digest });
    else fresh.push({ digest, foundAt: name, signature: read.signature });
  }
  for (const { digest } of fresh) for (const [object, signature] of followed(digest)) following.set(object, signature);
  const keys = new Map<string, KeyObject>();
  for (const [region, group] of Map.groupBy(fresh, ({ digest }) => digest.region)) {
    const from = group.reduce((first, { digest }) => Math.min(first, digest.start), Number.POSITIVE_INFINITY);
    const to = group.reduce((last, { digest }) => Math.max(last, digest.end), 0);
    for (const [fingerprint, der] of await source.keys(region, from, to)) {
      const key = publicKeyOf(der);
      if (typeof key === 'string') refused.push({ name: `key ${fingerprint} of ${region}`, reason: key });
      else keys.set(`${region} ${fingerprint}`, key);
    }
  }
  const checked = fresh.map(({ digest, foundAt, signature }): CheckedDigest => {
    const { signed, ...rest } = digest;
    const key = keys.get(`${digest.region} ${digest.fingerprint}`);
    return { ...rest, foundAt, signature: checkSignature(key, signed, signature ?? following.get(digest.object) ?? null) };
  });
  for (let at = 0; at < checked.length; at += atOnce)
    await store.within(tenant, async (tx) => {
      for (const digest of checked.slice(at, at + atOnce)) {
        const { foundAt: object, account, region, trail, end } = digest;
        await tx.deliveries.putDigest({ object, account, region, trail, end, doc: digest as unknown as Json });
      }
    });
  return { checked: checked.length, refused };
}

/** The signature of the digest before, which this one tells. */
function followed({ previous }: Pick<DigestFile, 'previous'>): readonly (readonly [string, string])[] {
  return previous === null || previous.signature === '' ? [] : [[previous.object, previous.signature]];
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-custom-validation.html */
function checkSignature(key: KeyObject | undefined, signed: string, signature: string | null): SignatureState {
  if (signature === null) return 'unsigned';
  if (key === undefined) return 'no-key';
  return verify('sha256', Buffer.from(signed), key, Buffer.from(signature, 'hex')) ? 'valid' : 'invalid';
}

/** What is no key cannot say that a digest is wrong; that it is none is told. */
function publicKeyOf(der: Uint8Array): KeyObject | string {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'pkcs1' });
  } catch (error) {
    return `it is no public key in PKCS #1 (${error instanceof Error ? error.message : String(error)}); what it signed cannot be checked`;
  }
}
