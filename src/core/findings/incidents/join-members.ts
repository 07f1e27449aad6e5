import type { IncidentMember } from '../../model/incident.ts';
import { severityIds } from '../../model/severity.ts';
import { sameWithin } from './counted-once.ts';
import { kindOf } from './links.ts';

const minute = 60_000;
const hour = 60 * minute;

/** More sessions of one role, or principals behind one address or resource, are a crowd: what they share says nothing. */
export const crowd = {
  key: Number.POSITIVE_INFINITY,
  session: Number.POSITIVE_INFINITY,
  principal: 8,
  address: 4,
  resource: 8,
  hand: Number.POSITIVE_INFINITY,
  stranger: Number.POSITIVE_INFINITY,
} as const;

/**
 * How far apart two findings may begin to belong together, by what they share and how grave they are (Medium and
 * above, or less). A key, a session and a principal join strongly. An address or a resource alone joins grave ones only:
 * an office shares an address, and a team its buckets. A note joins what is of severity Low by the session or the key alone, which are one hand's, as far as Low joins Low. A hand in several accounts, and a stranger let into them, join what is High or above.
 */
const reach = {
  grave: 48 * hour,
  mixed: 24 * hour,
  low: hour,
  address: hour,
  resource: 24 * hour,
  hand: 24 * hour,
  stranger: 24 * hour,
} as const;
/** A finding that is over sooner counts from its end where an address is shared: what was seen from two places was complete with the last. */
const shortest = 6 * hour;

/** Link keys that a crowd stands behind. */
export function crowdedKeys(members: Iterable<Pick<IncidentMember, 'links'>>): ReadonlySet<string> {
  const behind = new Map<string, Set<string>>();
  const crowded = new Set<string>();
  for (const { links } of members) {
    for (const { key, by } of links) {
      if (crowded.has(key) || by.length === 0) continue;
      const all = behind.get(key) ?? new Set();
      for (const who of by) all.add(who);
      if (all.size > crowd[kindOf(key)]) {
        crowded.add(key);
        behind.delete(key);
      } else behind.set(key, all);
    }
  }
  return crowded;
}

/**
 * Members in groups that belong together: the connected components of "shares an uncrowded link, near enough in time".
 * Members must be different findings; their order changes neither the groups nor the order in them (by time, then id).
 * O(links x log links).
 */
export function joinMembers(members: readonly IncidentMember[], crowded: ReadonlySet<string>): readonly (readonly IncidentMember[])[] {
  const sorted = [...members].sort(byTime);
  const byKey = new Map<string, number[]>();
  sorted.forEach((member, i) => {
    for (const { key } of member.links) {
      if (crowded.has(key)) continue;
      const all = byKey.get(key);
      if (all === undefined) byKey.set(key, [i]);
      else all.push(i);
    }
  });
  const parent = sorted.map((_, i) => i);
  const find = (i: number): number => {
    let root = i;
    while (parent[root] !== root) root = parent[root] ?? root;
    for (let at = i; at !== root; ) {
      const next = parent[at] ?? root;
      parent[at] = root;
      at = next;
    }
    return root;
  };
  const near = (a: number | undefined, b: number, within: number) => {
    if (a !== undefined && Math.abs((sorted[b]?.firstTime ?? 0) - (sorted[a]?.firstTime ?? 0)) <= within) parent[find(b)] = find(a);
  };
  const endOf = (i: number) => {
    const { firstTime = 0, lastTime = 0 } = sorted[i] ?? {};
    return lastTime - firstTime <= shortest ? lastTime : firstTime;
  };
  const isGrave = (i: number) => severityIds[sorted[i]?.severity ?? 'Informational'] >= severityIds.Medium;
  /** What another service found and a rule of ours too is the same, however weak; whoever is near to any of the rule's is near to the nearest. */
  const joinSame = (group: readonly number[]) => {
    if (!group.some((i) => sorted[i]?.sameAs !== undefined)) return;
    for (const way of [group, group.toReversed()]) {
      const nearest = new Map<string, number>();
      for (const i of way) {
        const { rule = '', sameAs } = sorted[i] ?? {};
        if (sameAs === undefined) nearest.set(rule, i);
        else for (const one of sameAs) near(nearest.get(one), i, sameWithin);
      }
    }
  };
  const isLow = (i: number) => sorted[i]?.severity === 'Low';
  for (const [key, group] of byKey) {
    const kind = kindOf(key);
    const isOneHand = kind === 'session' || kind === 'key';
    const weak = kind === 'address' || kind === 'resource' || kind === 'hand' || kind === 'stranger';
    if (!weak || kind === 'resource') joinSame(group);
    // Whoever is near to any of one kind is near to the nearest, so the nearest before is all that is looked at; then backwards.
    let grave: number | undefined;
    let low: number | undefined;
    for (const i of group) {
      if (kind === 'address') {
        // Of those before, the one that ended last is near where any is, and all that are near are near to each other.
        if (!isGrave(i)) continue;
        if (grave !== undefined && (sorted[i]?.firstTime ?? 0) - endOf(grave) <= reach.address) parent[find(i)] = find(grave);
        if (grave === undefined || endOf(i) > endOf(grave)) grave = i;
      } else if (isGrave(i)) {
        near(grave, i, weak ? reach[kind] : reach.grave);
        grave = i;
      } else if (!weak) {
        near(grave, i, reach.mixed);
        if (isLow(i) || isOneHand) near(low, i, reach.low);
        if (isLow(i)) low = i;
      }
    }
    if (weak) continue;
    grave = undefined;
    low = undefined;
    for (const i of group.toReversed()) {
      if (isGrave(i)) grave = i;
      else near(grave, i, reach.mixed);
      if (isLow(i)) low = i;
      else if (isOneHand && !isGrave(i)) near(low, i, reach.low);
    }
  }
  const groups = new Map<number, IncidentMember[]>();
  sorted.forEach((member, i) => {
    const root = find(i);
    const all = groups.get(root);
    if (all === undefined) groups.set(root, [member]);
    else all.push(member);
  });
  return [...groups.values()];
}

export function byTime(a: IncidentMember, b: IncidentMember): number {
  return a.firstTime - b.firstTime || (a.finding < b.finding ? -1 : a.finding > b.finding ? 1 : 0);
}
