import { canonicalJson } from '../../lib/canonical-json.ts';
import { sha256 } from '../../lib/hash.ts';
import type { Resource, Snapshot, Unread } from '../../model/resource.ts';

/**
 * A snapshot of what was read: sorted, without duplicates, and named by the SHA-256 (64 hexadecimal digits) of its canonical
 * bytes without `id` and `takenAt`. The same state read twice has the same id.
 */
export function snapshotOf(read: {
  readonly tenant: string;
  readonly account: string;
  readonly regions: readonly string[];
  /** Milliseconds since 1970. */
  readonly takenAt: number;
  readonly resources: readonly Resource[];
  readonly unread: readonly Unread[];
}): Snapshot {
  const { tenant, account, takenAt } = read;
  const content = {
    format: 'jobzero.snapshot/1' as const,
    tenant,
    account,
    regions: [...new Set(read.regions)].sort(),
    resources: unique(read.resources, ({ type, uid }) => `${type}\n${uid}`),
    unread: unique(read.unread, ({ permission, region, types }) => `${permission}\n${region}\n${types.join(' ')}`),
  };
  return { ...content, id: sha256(canonicalJson(content)), takenAt };
}

/** In the order of the key; of two with the same key the one with the smaller bytes, whichever came first. */
function unique<T extends object>(list: readonly T[], key: (one: T) => string): T[] {
  const byKey = new Map<string, { bytes: string; one: T }>();
  for (const one of list) {
    const bytes = canonicalJson(one);
    const other = byKey.get(key(one));
    if (other === undefined || bytes < other.bytes) byKey.set(key(one), { bytes, one });
  }
  return [...byKey.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { one }]) => one);
}
