import { sign } from 'node:crypto';
import { sha256 } from '../../core/lib/hash.ts';
import { Dice } from '../dice.ts';
import type { TrailState } from '../state.ts';
import { type DigestKey, digestKey } from './digest-keys.ts';

/** What `aws cloudtrail list-public-keys` prints. */
export interface PublicKeyList {
  readonly PublicKeyList: readonly {
    readonly Value: string;
    readonly ValidityStartTime: string;
    readonly ValidityEndTime: string;
    readonly Fingerprint: string;
  }[];
}

/** A log object as it was delivered. */
export interface DeliveredLog {
  readonly trail: TrailState;
  readonly account: string;
  readonly region: string;
  /** When it was delivered, in milliseconds since 1970. */
  readonly at: number;
  readonly key: string;
  /** Decompressed. */
  readonly content: string;
}

export interface Digests {
  add(log: DeliveredLog): void;
  /** Writes the digests of hours that ended by `until`; no log may be added afterwards that was delivered before it. */
  flush(until: number): void;
  /** Writes what is left, an hour more than logs were delivered. */
  end(at: number): void;
  keys(): PublicKeyList;
}

interface NamedLog {
  readonly at: number;
  readonly newestEventTime: string;
  readonly oldestEventTime: string;
  readonly s3Bucket: string;
  readonly s3Object: string;
  readonly hashValue: string;
}

/** The digests of one trail in one account and Region. */
interface Chain {
  readonly trail: TrailState;
  readonly account: string;
  readonly region: string;
  /** Of the next digest. */
  from: number;
  previous: { readonly bucket: string; readonly object: string; readonly hash: string; readonly signature: string } | null;
  waiting: NamedLog[];
}

const hour = 3_600_000;
const year = 365 * 24 * hour;

/**
 * CloudTrail's digest files: each hour one for each trail with validation, account and Region, with the hashes of the log objects that were
 * delivered in that hour, the hash and the signature of the digest before it, and none where no trail logs. A chain begins with
 * the first object of its account and Region, and anew when the trail was switched off and on.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 *
 * S3 keeps a signature beside its file, as metadata; in a folder each is in the digest that follows.
 */
export function openDigests(
  seed: string,
  start: number,
  prefixOf: (trail: TrailState) => string,
  write: (key: string, content: string, at: number) => void,
): Digests {
  const chains = new Map<string, Chain>();
  const keys = new Map<string, DigestKey>();
  const keyOf = (region: string): DigestKey => {
    const key = keys.get(region) ?? digestKey(`${seed}/digest-key/${region}`);
    keys.set(region, key);
    return key;
  };

  const writeOne = (chain: Chain): void => {
    const { trail, account, region, previous } = chain;
    const to = chain.from + hour;
    const logs = chain.waiting.filter(({ at }) => at < to).sort((a, b) => (a.s3Object < b.s3Object ? -1 : 1));
    chain.waiting = chain.waiting.filter(({ at }) => at >= to);
    const stamp = iso(to);
    const object = `AWSLogs/${prefixOf(trail)}${account}/CloudTrail-Digest/${region}/${stamp.slice(0, 10).replaceAll('-', '/')}/${account}_CloudTrail-Digest_${region}_${trail.name}_${trail.homeRegion}_${stamp.replaceAll(/[-:]/g, '')}.json.gz`;
    const key = keyOf(region);
    const content = JSON.stringify({
      awsAccountId: account,
      digestStartTime: iso(chain.from),
      digestEndTime: stamp,
      digestS3Bucket: trail.bucket,
      digestS3Object: object,
      digestPublicKeyFingerprint: key.fingerprint,
      digestSignatureAlgorithm: 'SHA256withRSA',
      newestEventTime: extreme(logs, ({ newestEventTime }) => newestEventTime, 1),
      oldestEventTime: extreme(logs, ({ oldestEventTime }) => oldestEventTime, -1),
      previousDigestS3Bucket: previous?.bucket ?? null,
      previousDigestS3Object: previous?.object ?? null,
      previousDigestHashValue: previous?.hash ?? null,
      previousDigestHashAlgorithm: previous === null ? null : 'SHA-256',
      previousDigestSignature: previous?.signature ?? null,
      logFiles: logs.map(({ s3Bucket, s3Object, hashValue, newestEventTime, oldestEventTime }) => ({
        s3Bucket,
        s3Object,
        hashValue,
        hashAlgorithm: 'SHA-256',
        newestEventTime,
        oldestEventTime,
      })),
    });
    const hash = sha256(content);
    const signed = [stamp, `${trail.bucket}/${object}`, hash, previous?.signature ?? 'null'].join('\n');
    const signature = sign('sha256', Buffer.from(signed), key.privateKey).toString('hex');
    chain.previous = { bucket: trail.bucket, object, hash, signature };
    chain.from = to;
    write(object, content, to);
  };

  const advance = (until: (chain: Chain) => number): void => {
    for (const [id, chain] of chains) {
      while (chain.from + hour <= until(chain)) {
        writeOne(chain);
        if (chain.trail.logging || chain.waiting.length > 0) continue;
        chains.delete(id);
        break;
      }
    }
  };

  return {
    add: ({ trail, account, region, at, key, content }) => {
      if (!trail.logFileValidation) return;
      const id = `${trail.arn} ${account} ${region}`;
      const chain = chains.get(id) ?? chainFor(seed, id, start, { trail, account, region }, at);
      chains.set(id, chain);
      const times = [...content.matchAll(/"eventTime":"([^"]{20})"/g)].map(([, time = '']) => time);
      const named = { at, s3Bucket: trail.bucket, s3Object: key, hashValue: sha256(content) };
      chain.waiting.push({ ...named, newestEventTime: extreme(times, String, 1) ?? '', oldestEventTime: extreme(times, String, -1) ?? '' });
    },
    flush: (until) => advance(() => until),
    end: (at) => advance(({ waiting }) => waiting.reduce((last, log) => Math.max(last, log.at), at) + 2 * hour),
    keys: () => ({
      PublicKeyList: [...keys.values()].map(({ value, fingerprint }) => ({
        Value: value,
        ValidityStartTime: iso(start - year),
        ValidityEndTime: iso(start + year),
        Fingerprint: fingerprint,
      })),
    }),
  };
}

/** Each chain has a minute and second of its own, at which its hours begin. */
function chainFor(seed: string, id: string, start: number, of: Pick<Chain, 'trail' | 'account' | 'region'>, at: number): Chain {
  const first = start - hour + new Dice(`${seed}/digest/${id}`).int(3600) * 1000;
  return { ...of, from: first + Math.floor((at - first) / hour) * hour, previous: null, waiting: [] };
}

function extreme<T>(all: readonly T[], of: (one: T) => string, sign: 1 | -1): string | null {
  let found: string | null = null;
  for (const one of all) {
    const text = of(one);
    if (found === null || (sign === 1 ? text > found : text < found)) found = text;
  }
  return found;
}

function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
