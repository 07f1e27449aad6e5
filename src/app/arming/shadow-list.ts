import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { sha256 } from '../../core/lib/hash.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { watchedSince } from '../settings.ts';

/** Of so many rehearsed actions lists are made; who has more has a playbook that must not be armed. */
const mostActions = 10_000;

/** What a playbook would have done once. */
export interface WouldHave {
  readonly action: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly account: string;
  readonly finding: string;
  readonly revision: string;
  readonly version: number;
  /** What it would have touched, in one sentence. */
  readonly blastRadius: string;
}

/** All that a playbook would have done in an account (`*`: in all), the earliest first, while it only said so. */
export interface ShadowList {
  readonly format: 'jobzero.shadow/1';
  readonly playbook: string;
  readonly account: string;
  readonly actions: readonly WouldHave[];
}

export interface HashedList {
  readonly list: ShadowList;
  /** Canonical JSON, and its SHA-256: what somebody signs. */
  readonly bytes: string;
  readonly hash: string;
}

/** Made of the actions that were rehearsed; the same ones give the same bytes. */
export async function shadowList(tx: Tx, playbooks: readonly Playbook[], playbook: string, account: string): Promise<HashedList> {
  const rehearsed = await tx.actions.list({ state: ['dry-run'], limit: mostActions });
  const actions = rehearsed
    .filter((action) => action.playbook === playbook && (account === '*' || action.target.account === account))
    .map(({ id, plannedAt, target, finding, revision, playbookVersion }): WouldHave => {
      const known = playbooks.find((one) => one.id === playbook && one.version === playbookVersion);
      return {
        action: id,
        at: plannedAt,
        account: target.account,
        finding,
        revision,
        version: playbookVersion,
        blastRadius: known === undefined ? '' : known.blastRadius(target),
      };
    })
    .sort((a, b) => a.at - b.at || (a.action < b.action ? -1 : 1));
  const list: ShadowList = { format: 'jobzero.shadow/1', playbook, account, actions };
  const bytes = canonicalJson(list);
  return { list, bytes, hash: sha256(bytes) };
}

/** Since when an account is watched; of all (`*`), the one that is watched longest. Null: no inventory was taken. */
export async function shadowSince(tx: Tx, account: string): Promise<number | null> {
  if (account !== '*') return watchedSince(tx, account);
  const all = await Promise.all((await tx.settings.list('watched/')).map(({ name }) => watchedSince(tx, name.slice('watched/'.length))));
  const known = all.filter((since) => since !== null);
  return known.length === 0 ? null : Math.min(...known);
}
