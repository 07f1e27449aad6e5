import { contentHashes } from '../generated/content-hashes.ts';
import { engineVersion } from '../generated/decide-bundle.ts';
import { recordContent } from '../ledger/record-content.ts';
import { productVersion } from './product-version.ts';
import type { State } from './state.ts';

/** Before anything is judged: a leaf where this process judges by other content than the last. */
export async function recordOwnContent(state: Pick<State, 'store' | 'tenant' | 'clock'>): Promise<void> {
  await recordContent(state, { version: productVersion(), engine: engineVersion, kinds: contentHashes });
}
