import { type DiffLine, lineDiff } from '../../core/lib/line-diff.ts';
import type { Store } from '../../core/ports/store.ts';
import { type PolicyFile, policyVersion } from './policy-history.ts';
import { type WaitingPolicy, waitingPolicies } from './take-policy.ts';

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

/** What waits for a review, each against what holds. */
export async function diffWaiting({
  store,
  tenant,
}: {
  readonly store: Store;
  readonly tenant: string;
}): Promise<readonly { readonly name: string; readonly waiting: WaitingPolicy; readonly lines: readonly DiffLine[] }[]> {
  return store.within(tenant, async (tx) =>
    (await waitingPolicies(tx)).map(({ name, waiting, held }) => ({ name, waiting, lines: lineDiff(held, waiting.text) })),
  );
}
