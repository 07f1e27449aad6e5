import { rules as ownRules } from '../../../content/index.ts';
import { joinRules } from '../../core/detect/sigma/join-rules.ts';
import { loadRules, type RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import type { RuleFault } from '../../core/model/rule.ts';
import { openLake } from '../../edge/duckdb/lake.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { openScanner } from '../../edge/scanner/open-scanner.ts';
import { askedLists } from '../loaded-list.ts';
import { readRuleTexts, rulesInForce } from '../rules-of.ts';
import { type RulesTrial, tryRules } from '../try-rules.ts';
import { places } from './home.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { listSettings, listsOfHome } from './lists.ts';
import type { State } from './state.ts';

/** Rules that do not hold yet. */
export interface NewRules {
  readonly files: readonly RuleFile[];
  /** They stand in place of those of the home; else beside all that hold. */
  readonly inPlace: boolean;
}

/** What rules would have found on the lake of this installation in a time (milliseconds since 1970, half-open). */
export async function tryOnLake(
  { home, tenant, store, clock }: Pick<State, 'home' | 'tenant' | 'store' | 'clock'>,
  { files: added, inPlace }: NewRules,
  { from, to }: { readonly from: number; readonly to: number },
  onProgress?: (events: number) => void,
): Promise<RulesTrial & { readonly faults: readonly RuleFault[] }> {
  const lists = askedLists(await listsOfHome(home, await listSettings(home), clock.now()));
  const { texts, files } = await store.within(tenant, async (tx) => ({
    texts: await readRuleTexts(tx, clock.now()),
    files: await tx.batches.files(from, to),
  }));
  const own = await ownRules();
  const before = rulesInForce(own, texts, lists).rules;
  const { rules: after, faults } = inPlace
    ? rulesInForce(own, { ...texts, files: added }, lists)
    : joinRules(before, loadRules(added, { lists }), 'replace');
  const lake = await openLake({ folder: places(home).lake });
  const spill = fileSpill();
  try {
    const input = { before, after, lists, tenant, files, from, to, ...(onProgress === undefined ? {} : { onProgress }) };
    return { ...(await tryRules(input, { lake, spill, tidy: keepHeapSmall(), scanner: openScanner })), faults };
  } finally {
    spill.close();
    await lake.close();
  }
}
