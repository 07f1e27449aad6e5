import { parseEventTime } from '../../lib/event-time.ts';
import { sha256 } from '../../lib/hash.ts';
import { asObject, listAt, textAt } from '../../lib/json-at.ts';
import type { Json } from '../../model/json.ts';

/** A log file that a digest names, with the SHA-256 of its decompressed content. */
export interface DigestedLog {
  /** `s3://bucket/key`. */
  readonly object: string;
  readonly hash: string;
}

/**
 * One of CloudTrail's digest files: which log files were delivered in an hour, in one account and Region.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-digest-file-structure.html
 */
export interface DigestFile {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** Milliseconds since 1970; the end is exclusive. */
  readonly start: number;
  readonly end: number;
  /** Where it says that it was delivered to. */
  readonly object: string;
  /** SHA-256 of its own decompressed content. */
  readonly hash: string;
  /** Which public key verifies it. */
  readonly fingerprint: string;
  /** The one before; null where a trail began, or began again. */
  readonly previous: { readonly object: string; readonly hash: string; readonly signature: string } | null;
  readonly logs: readonly DigestedLog[];
  /** What its signature signs. */
  readonly signed: string;
}

/** `…/111122223333_CloudTrail-Digest_REGION_trail-name_HOME-REGION_20260105T100000Z.json.gz`: where it happened, and where the trail is. A later one that adds files ends in `_backfill`. */
const namePattern = /(\d{12})_CloudTrail-Digest_([a-z0-9-]+)_(.+)_[a-z0-9-]+_\d{8}T\d{6}Z(?:_backfill)?\.json\.gz$/;

/** Reads the decompressed content of a digest file; a text says why it is none. */
export function parseDigest(content: string): DigestFile | string {
  let value: Json;
  try {
    value = JSON.parse(content) as Json;
  } catch {
    return 'it is not JSON';
  }
  const [bucket, key] = [textAt(value, 'digestS3Bucket'), textAt(value, 'digestS3Object')];
  const [start, end] = [parseEventTime(textAt(value, 'digestStartTime')), parseEventTime(textAt(value, 'digestEndTime'))];
  if (asObject(value) === null || bucket === null || key === null || start === null || end === null || start > end)
    return 'it lacks what a digest file says of itself';
  const name = namePattern.exec(key);
  const account = textAt(value, 'awsAccountId');
  if (name === null || account === null || name[1] !== account) return 'its name and its account do not fit together';
  if (textAt(value, 'digestSignatureAlgorithm') !== 'SHA256withRSA') return 'its signature is of a kind that is not known here';
  const logs: DigestedLog[] = [];
  for (const log of listAt(value, 'logFiles')) {
    const [inBucket, object, hash] = [textAt(log, 's3Bucket'), textAt(log, 's3Object'), textAt(log, 'hashValue')];
    if (inBucket === null || object === null || hash === null || textAt(log, 'hashAlgorithm') !== 'SHA-256')
      return 'it names a log file without its hash';
    logs.push({ object: `s3://${inBucket}/${object}`, hash: hash.toLowerCase() });
  }
  const hash = sha256(content);
  const before = textAt(value, 'previousDigestS3Object');
  const signature = textAt(value, 'previousDigestSignature');
  return {
    account,
    region: name[2] ?? '',
    trail: name[3] ?? '',
    start,
    end,
    object: `s3://${bucket}/${key}`,
    hash,
    fingerprint: textAt(value, 'digestPublicKeyFingerprint') ?? '',
    previous:
      before === null
        ? null
        : {
            object: `s3://${textAt(value, 'previousDigestS3Bucket') ?? bucket}/${before}`,
            hash: (textAt(value, 'previousDigestHashValue') ?? '').toLowerCase(),
            signature: (signature ?? '').toLowerCase(),
          },
    logs,
    signed: [textAt(value, 'digestEndTime'), `${bucket}/${key}`, hash, signature ?? 'null'].join('\n'),
  };
}
