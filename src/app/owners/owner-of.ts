import { ownerIn } from '../../core/decide/about/owner-of.ts';
import { meetsWildcard } from '../../core/lib/wildcard.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Tolerance } from '../../core/model/tolerance.ts';
import type { Tx } from '../../core/ports/store.ts';
import { accountOf } from '../triage/about-finding.ts';
import type { Reachable } from '../triage/ask-actor.ts';

type Words = Pick<Tolerance, 'people' | 'ownerTags'>;

/** Whose resources are whose in one account, by ARN: what the owner tags say in its last snapshot. */
export type OwnersByUid = ReadonlyMap<string, string>;

/** The owners of an account's resources as its last snapshot names them; none where it was never read. */
export async function ownersIn(tx: Tx, account: string, { ownerTags }: Words): Promise<OwnersByUid> {
  const { byUid } = (await accountOf(tx, account)) ?? { byUid: new Map() };
  return new Map(
    [...byUid].flatMap(([uid, { tags }]) => {
      const owner = ownerIn(tags, ownerTags);
      return owner === null ? [] : [[uid, owner.name] as const];
    }),
  );
}

/** The person by whom a tag's text is meant: the name itself, or an address by which they are reached. Null for who is not reached. */
export function personNamed(text: string, reach: Reachable): string | null {
  if (Object.hasOwn(reach, text)) return text;
  return Object.keys(reach).find((person) => (reach[person] ?? []).some(({ to }) => to === text)) ?? null;
}

/** The person whose principal it is: of a user, or of sessions of Identity Center. */
export function personBehind(uid: string, { people }: Words): string | null {
  return (
    Object.keys(people)
      .sort()
      .find((person) => (people[person] ?? []).some((pattern) => meetsWildcard(pattern, uid))) ?? null
  );
}

/** Whom a finding concerns: for behaviour whoever did it, for a setting the owner of what it is about. Null where nobody is known or reached. */
export function concernedBy({ kind, actor, resources }: Finding, owners: OwnersByUid, words: Words, reach: Reachable): string | null {
  const did = kind === 'detection' && actor !== undefined && actor.type !== 'Root' ? personBehind(actor.uid, words) : null;
  if (did !== null && Object.hasOwn(reach, did)) return did;
  const named = resources.flatMap(({ uid }) => owners.get(uid) ?? []).map((text) => personNamed(text, reach));
  return named.find((person) => person !== null) ?? null;
}

/** Is this thing the person's own: by its tag, or because it is their principal? */
export function isOwn(uid: string, person: string, owners: OwnersByUid, words: Words, reach: Reachable): boolean {
  const tagged = owners.get(uid);
  if (tagged !== undefined && personNamed(tagged, reach) === person) return true;
  const patterns = Object.hasOwn(words.people, person) ? words.people[person] : undefined;
  return (patterns ?? []).some((pattern) => meetsWildcard(pattern, uid));
}
