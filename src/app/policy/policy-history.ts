import type { RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Ledger } from '../../core/ports/ledger.ts';
import type { Store } from '../../core/ports/store.ts';
import { findLeaves } from '../incident-mode/review/find-leaves.ts';
import { onCallSetting } from '../on-call/on-call-settings.ts';
import { rulesSetting } from '../rules-of.ts';
import { textOf, toleranceSetting } from './take-policy.ts';

/** The files that say what automation may do and who is told, by the setting that holds them. */
const settingOf = {
  'tolerance.yml': toleranceSetting,
  'oncall.yml': onCallSetting,
  'channels.yml': 'channels',
  rules: rulesSetting,
} as const;
export type PolicyFile = keyof typeof settingOf;

const most = 1_000;

export interface PolicyVersion {
  /** Counts from 1. */
  readonly n: number;
  /** Since when it held, in milliseconds since 1970. */
  readonly at: number;
  /** Who owned the file, or the file's name where that was not looked at. */
  readonly by: string;
  readonly hash: string;
  /** Null for `channels.yml`, of which the hash alone is kept: it may hold addresses that are secrets. */
  readonly text: string | null;
  /** The index of its leaf; null where it has no number yet, or the ledger was too long to be searched. */
  readonly leaf: number | null;
}

type Deps = { readonly store: Store; readonly tenant: string; readonly ledger: Pick<Ledger, 'latest' | 'entries'> };

/** What a file has said, the latest first. */
export async function policyHistory({ store, tenant, ledger }: Deps, file: PolicyFile): Promise<readonly PolicyVersion[]> {
  const setting = settingOf[file];
  const versions = (await store.within(tenant, (tx) => tx.settings.history(setting, most))).flatMap(({ n, at, by, value }) => {
    if (setting === rulesSetting) {
      const text = textOf((value as { readonly files?: readonly RuleFile[] } | null)?.files ?? []);
      return [{ n, at, by, hash: sha256(text), text }];
    }
    if (typeof value !== 'string') return [];
    return [{ n, at, by, ...(setting === 'channels' ? { hash: value, text: null } : { hash: sha256(value), text: value }) }];
  });
  const first = versions.at(-1);
  if (first === undefined) return [];
  const { leaves } = await findLeaves(ledger, new Set([setting]), first.at);
  return versions.map((version) => ({
    ...version,
    leaf: leaves.find(({ at, data }) => at === version.at && data['hash'] === version.hash)?.index ?? null,
  }));
}

/** One version with its text. Throws InputError where there is none, or its text was not kept. */
export async function policyVersion(deps: Deps, file: PolicyFile, n: number): Promise<PolicyVersion & { readonly text: string }> {
  const found = (await policyHistory(deps, file)).find((version) => version.n === n);
  if (found === undefined) throw new InputError(`there is no version ${n}; "jobzero policy history ${file}" lists them`, file);
  if (found.text === null) throw new InputError('of this file only hashes are kept: it may hold addresses that are secrets', file);
  return { ...found, text: found.text };
}
