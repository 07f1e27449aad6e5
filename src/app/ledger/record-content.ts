import { canonicalJson } from '../../core/lib/canonical-json.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';

/** What judges and acts in a process: hashes and numbers of its content by kind, its engine, and the version of the product. */
export interface ContentNow {
  readonly version: string;
  readonly engine: string;
  readonly kinds: { readonly [kind: string]: { readonly hash: string; readonly count: number } };
}

/** Its history is in the settings, so that each leaf says what was before. */
export const contentSetting = 'content';

/**
 * A process begins with this content: where the last that began had other content or another engine, there is one leaf that says so, however
 * many begin at once. The version alone changes nothing that is decided. Returns whether it was other.
 */
export function recordContent(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  now: ContentNow,
): Promise<boolean> {
  return store.within(tenant, async (tx) => {
    const before = await tx.settings.get(contentSetting);
    const after = { version: now.version, engine: now.engine, ...hashesAndCounts(now) };
    if (before !== null && canonicalJson(judging(before)) === canonicalJson(judging(after))) return false;
    const at = clock.now();
    await tx.settings.set(contentSetting, after, at, 'automation');
    await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'content-changed', subject: contentSetting, at, data: { before, after } });
    return true;
  });
}

function hashesAndCounts({ kinds }: ContentNow): { readonly hashes: JsonObject; readonly counts: JsonObject } {
  const each = Object.entries(kinds);
  return {
    hashes: Object.fromEntries(each.map(([kind, { hash }]) => [kind, hash])),
    counts: Object.fromEntries(each.map(([kind, { count }]) => [kind, count])),
  };
}

function judging(content: Json): Json {
  const { engine = null, hashes = null } = content as { readonly engine?: Json; readonly hashes?: Json };
  return { engine, hashes };
}
