import type { Member } from '../../ports/cloud.ts';

/** An account that was invited counts as the organisation's own after so many days. */
const provenAfter = 30 * 86_400_000;

/**
 * The accounts that a share may go to without being one with a stranger, sorted. `now`: milliseconds since 1970.
 * An account that was made in the organisation is its own. One that was invited was somebody's before, and a thief with rights in the
 * management account can invite his: it counts after 30 days. The first that joined is the one that founded the organisation.
 */
export function ownAccountsOf(members: readonly Member[], now: number): readonly string[] {
  const first = Math.min(...members.map(({ joinedAt }) => joinedAt ?? Number.POSITIVE_INFINITY));
  const own = members.filter(({ invited, joinedAt, active }) => {
    if (!active) return false;
    return !invited || (joinedAt !== null && (joinedAt === first || now - joinedAt >= provenAfter));
  });
  return [...new Set(own.map(({ id }) => id))].sort();
}
