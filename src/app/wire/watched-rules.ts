import { rules as ownRules } from '../../../content/index.ts';
import { type RuleSet, ruleSet } from '../../core/detect/rule-set.ts';
import { askedLists, listsHash } from '../loaded-list.ts';
import { listSettings, listsFingerprint, listsOfHome } from './lists.ts';

/** A change is seen after so many milliseconds at most. */
const lookEveryMs = 5_000;
/** Entries end by themselves, so that lists are read again without a change. */
const readEveryMs = 60 * 60_000;

export interface WatchedRules {
  /** Our own rules with the home's lists as they are now: made again only when the lists have changed. */
  now(): Promise<{ readonly rules: RuleSet; readonly listsHash: string }>;
}

/** Rules with lists for who goes on for long. Lists that cannot be read are told to `troubled`, once, and what held before holds on; without it, thrown. */
export function watchedRules(home: string, clock: { now(): number }, troubled?: (error: unknown) => void): WatchedRules {
  let held: { readonly rules: RuleSet; readonly listsHash: string } | null = null;
  let looked = Number.NEGATIVE_INFINITY;
  let read = Number.NEGATIVE_INFINITY;
  let seen = '';

  async function look(now: number): Promise<void> {
    const fingerprint = await listsFingerprint(home);
    if (held !== null && fingerprint === seen && now - read < readEveryMs) return;
    seen = fingerprint;
    read = now;
    const settings = await listSettings(home).catch((error: unknown) => {
      if (troubled === undefined) throw error;
      troubled(error);
      return held === null ? [] : null;
    });
    if (settings === null) return;
    const lists = askedLists(await listsOfHome(home, settings, now));
    const hash = listsHash(lists);
    if (held?.listsHash !== hash) held = { rules: ruleSet(await ownRules(), lists), listsHash: hash };
  }

  return {
    async now() {
      const now = clock.now();
      if (held === null || now - looked >= lookEveryMs || now < looked) {
        looked = now;
        await look(now);
      }
      if (held === null) throw new Error('rules were asked for while they were read');
      return held;
    },
  };
}
