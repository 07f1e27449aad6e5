import type { DigestFile } from './digest-file.ts';

/** What is known of a digest file's signature: `unsigned` where nobody kept it, `no-key` where its public key is not at hand. */
export type SignatureState = 'valid' | 'invalid' | 'no-key' | 'unsigned';

/** A digest file that was read, with the place where it was found. */
export interface CheckedDigest extends Omit<DigestFile, 'signed'> {
  readonly foundAt: string;
  readonly signature: SignatureState;
}

export interface TrailFault {
  /** When: the end of the digest that it was found by, in milliseconds since 1970. */
  readonly at: number;
  /** The digest or log file that it is about. */
  readonly object: string;
  readonly reason: string;
}

/** What can be said of one trail in one account and Region. */
export interface Completeness {
  readonly account: string;
  readonly region: string;
  readonly trail: string;
  /** `proven`: every log file of that time was read, unaltered. `broken`: not so, see the faults. `unproven`: nothing can be said. */
  readonly state: 'proven' | 'broken' | 'unproven';
  /** The time that the digests cover, in milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  /** In order of time; the first `mostFaults` of them. */
  readonly faults: readonly TrailFault[];
  readonly moreFaults: number;
}

const mostFaults = 100;
const hour = 3_600_000;

/**
 * What the digests of one trail, account and Region prove of the log files that were read. `hashesOf` gives the hashes
 * of all contents that were read under a name (see `trailName`), `readBelow` the names of the log files that were read of this trail. A
 * function of these sets: the order in which digests come does not matter.
 *
 * Each digest must be signed by CloudTrail, lie where it says, and be followed by one that names it with its hash and
 * signature; each log file that a digest names must have been read with that hash; and each that was read in that time must
 * be named. The last hour is left out of the last: its files may be in the digest to come.
 */
export function proveTrail(
  digests: readonly CheckedDigest[],
  hashesOf: (object: string) => readonly string[],
  readBelow: readonly { readonly object: string; readonly at: number }[],
): Completeness {
  const chain = [...digests].sort((a, b) => a.end - b.end || (a.object < b.object ? -1 : 1));
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('no digest');
  const faults: TrailFault[] = [];
  const byObject = new Map(chain.map((digest) => [digest.object, digest]));
  const named = new Set<string>();
  for (const digest of chain) {
    const fault = (object: string, reason: string) => faults.push({ at: digest.end, object, reason });
    if (isMoved(digest)) fault(digest.foundAt, 'the digest file lies elsewhere than where it was delivered to');
    if (digest.signature === 'invalid') fault(digest.object, 'the signature of the digest file is not valid');
    if (digest !== first) checkLink(digest, byObject, fault);
    for (const { object, hash } of digest.logs) {
      named.add(trailName(object));
      const read = hashesOf(trailName(object));
      if (read.length === 0) fault(object, 'the log file was not read: it is missing or was deleted');
      else if (read.some((one) => one !== hash)) fault(object, 'the log file was altered: its content has another hash');
    }
  }
  for (const { object, at } of readBelow)
    if (at >= first.start && at < last.end - hour && !named.has(object))
      faults.push({ at, object, reason: 'no digest names this log file: it was added' });
  faults.sort((a, b) => a.at - b.at || (a.object < b.object ? -1 : 1));
  const { account, region, trail } = first;
  const signed = chain.filter(({ signature }) => signature === 'valid');
  const whole = signed.length === chain.length;
  return {
    account,
    region,
    trail,
    state: faults.length > 0 ? 'broken' : signed.length > 0 ? 'proven' : 'unproven',
    // What an unsigned digest says is not proven; a chain is broken only by what is known to be wrong.
    from: whole ? first.start : (signed[0]?.start ?? first.start),
    to: whole ? last.end : (signed.at(-1)?.end ?? last.end),
    faults: faults.slice(0, mostFaults),
    moreFaults: Math.max(0, faults.length - mostFaults),
  };
}

function checkLink(
  { previous, start }: CheckedDigest,
  byObject: ReadonlyMap<string, CheckedDigest>,
  fault: (object: string, reason: string) => void,
): void {
  if (previous === null) {
    fault('', `delivery began anew at ${new Date(start).toISOString()}: what came before it is not linked to what came after`);
    return;
  }
  const before = byObject.get(previous.object);
  if (before === undefined) fault(previous.object, 'a digest file is missing');
  else if (before.hash !== previous.hash) fault(previous.object, 'the digest file was altered: its content has another hash');
}

/**
 * A log or digest file by the part of its name that CloudTrail gave it, `AWSLogs/…`: it is the same in a bucket, in its
 * copy, and in a folder that it was synchronised to.
 */
export function trailName(object: string): string {
  const at = object.lastIndexOf('AWSLogs/');
  return at < 0 ? object : object.slice(at);
}

function isMoved({ foundAt, object }: CheckedDigest): boolean {
  return foundAt.startsWith('s3://') ? foundAt !== object : trailName(foundAt) !== trailName(object);
}

/** The beginning of the names (see `trailName`) of the log files that this digest's trail delivers. */
export function logsBelow({ object, region }: Pick<DigestFile, 'object' | 'region'>): string {
  const name = trailName(object);
  return `${name.slice(0, name.indexOf('/CloudTrail-Digest/'))}/CloudTrail/${region}/`;
}

/** When CloudTrail wrote a log file, by its name (`…_20260105T1005Z_…`), in milliseconds since 1970; null for another name. */
export function stampOf(object: string): number | null {
  const match = /_CloudTrail_[a-z0-9-]+_(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)Z_[^/]*$/.exec(object);
  if (match === null) return null;
  const [year, month, day, hours, minutes] = match.slice(1).map(Number) as [number, number, number, number, number];
  return Date.UTC(year, month - 1, day, hours, minutes);
}
