import { type DiffLine, lineDiff } from '../../core/lib/line-diff.ts';
import type { Store } from '../../core/ports/store.ts';
import { type PolicyFile, policyVersion } from './policy-history.ts';
import { toleranceSetting, type WaitingTolerance, waitingTolerance } from './take-tolerance.ts';

/** Two versions of a file against each other, line by line. Throws InputError where one is not there. */
export async function diffVersions(
  deps: Parameters<typeof policyVersion>[0],
  file: PolicyFile,
  a: number,
  b: number,
): Promise<readonly DiffLine[]> {
  const [before, after] = [await policyVersion(deps, file, a), await policyVersion(deps, file, b)];
  return lineDiff(before.text, after.text);
}

/** What waits for a review against what holds; null where nothing does. */
export async function diffWaiting({
  store,
  tenant,
}: {
  readonly store: Store;
  readonly tenant: string;
}): Promise<{ readonly waiting: WaitingTolerance; readonly lines: readonly DiffLine[] } | null> {
  return store.within(tenant, async (tx) => {
    const [waiting, held] = [await waitingTolerance(tx), await tx.settings.get(toleranceSetting)];
    return waiting === null ? null : { waiting, lines: lineDiff(typeof held === 'string' ? held : '', waiting.text) };
  });
}
