import type { Lake } from '../../core/ports/lake.ts';
import type { Store } from '../../core/ports/store.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { openScanner } from '../../edge/scanner/open-scanner.ts';
import { type RulesTrial, type TrialInput, tryRules } from '../try-rules.ts';
import { keepHeapSmall } from './keep-heap-small.ts';

/** Tries rules on what an installation has in its lake of a time. */
export async function tryOnLake(
  { tenant, store, lake }: { readonly tenant: string; readonly store: Store; readonly lake: Lake },
  input: Pick<TrialInput, 'before' | 'after' | 'from' | 'to'> & Partial<Pick<TrialInput, 'lists'>>,
  onProgress?: (events: number) => void,
): Promise<RulesTrial> {
  const files = await store.within(tenant, (tx) => tx.batches.files(input.from, input.to));
  const spill = fileSpill();
  try {
    return await tryRules(
      { ...input, tenant, files, ...(onProgress === undefined ? {} : { onProgress }) },
      { lake, spill, tidy: keepHeapSmall(), scanner: openScanner },
    );
  } finally {
    spill.close();
  }
}
