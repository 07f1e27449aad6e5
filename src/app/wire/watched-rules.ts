import { rules as ownRules } from '../../../content/index.ts';
import { type RuleSet, ruleSet } from '../../core/detect/rule-set.ts';
import { hashOf } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import { askedLists, listsHash } from '../loaded-list.ts';
import { noRuleTexts, type RuleTexts, rulesInForce } from '../rules-of.ts';
import { listSettings, listsFingerprint, listsOfHome } from './lists.ts';

/** A change is seen after so many milliseconds at most. */
const lookEveryMs = 5_000;
/** Entries end by themselves, so that lists are read again without a change. */
const readEveryMs = 60 * 60_000;

export interface WatchedRules {
  /** Our own rules and the installation's, with the home's lists, as they are now: made again only when they have changed. */
  now(): Promise<Held>;
}

interface Held {
  readonly rules: RuleSet;
  readonly listsHash: string;
  /** Of the installation's own rules; absent where there are none. */
  readonly rulesHash?: string;
}

/**
 * Rules with lists for who goes on for long. Lists that cannot be read are told to `troubled`, once, and what held before holds on; without it,
 * thrown. A rule of the installation that cannot be compiled is told in the same way, and the others hold.
 */
export function watchedRules(
  home: string,
  clock: { now(): number },
  troubled?: (error: unknown) => void,
  texts: () => Promise<RuleTexts> = async () => noRuleTexts,
): WatchedRules {
  let held: Held | null = null;
  let written = '';
  let looked = Number.NEGATIVE_INFINITY;
  let read = Number.NEGATIVE_INFINITY;
  let seen = '';

  async function look(now: number): Promise<void> {
    const own = await texts();
    const fingerprint = `${await listsFingerprint(home)} ${hashOf(own)}`;
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
    const rulesHash = hashOf(own);
    if (held?.listsHash === hash && written === rulesHash) return;
    const { rules, faults } = rulesInForce(await ownRules(), own, lists);
    if (written !== rulesHash) for (const { file, line, reason } of faults) troubled?.(new InputError(reason, `${file}:${line}`));
    written = rulesHash;
    const isOwn = own.files.length + own.adopted.length > 0;
    held = { rules: ruleSet(rules, lists), listsHash: hash, ...(isOwn ? { rulesHash } : {}) };
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
