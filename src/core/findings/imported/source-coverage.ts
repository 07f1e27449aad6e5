import type { Finding } from '../../model/finding.ts';
import { type Answers, type FindingSource, findingSources } from '../../model/imported.ts';
import { sameWithin } from '../incidents/counted-once.ts';
import { principalOf } from '../incidents/links.ts';

/** How what one service found in an account compares with what our own rules and controls found there. */
export interface SourceCoverage {
  readonly account: string;
  readonly source: FindingSource;
  /** Findings of the service, samples left out. */
  readonly seen: number;
  /** Of them those that nothing of ours found, and those that something of ours found too. */
  readonly onlyTheirs: number;
  readonly both: number;
  /** Findings of our rules and controls that answer types of this service, which it does not have. */
  readonly onlyOurs: number;
  /** What of the service only it saw: the types of which there is the most, the most first. */
  readonly onlyTheirTypes: readonly TypeCount[];
}

/** Findings of one type of a service. */
export interface TypeCount {
  /** As the service says it; for who reads logs and reports it is anybody's text. */
  readonly type: string;
  readonly n: number;
  /** The smallest id of one of them. */
  readonly example: string;
}

const mostTypes = 5;

interface Noted {
  readonly account: string;
  readonly names: readonly string[];
  /** Null for what stands: it is the same whenever it was found. */
  readonly time: number | null;
}

interface Theirs extends Noted {
  readonly id: string;
  readonly type: string;
  readonly source: FindingSource;
  readonly answers: readonly string[];
}

interface Ours extends Noted {
  readonly rule: string;
}

/**
 * Compares the findings of AWS's own services with ours: the same are those in one account, of a rule that answers the type, that share
 * whose credentials were used or a resource, within a day of each other where they are about events. Give each finding once, in any order.
 */
export class CoverageCounter {
  private readonly theirs: Theirs[] = [];
  private readonly ours: Ours[] = [];
  /** Rule or control -> the services whose types it answers. */
  private readonly sourcesOf = new Map<string, Set<FindingSource>>();

  constructor(answers: Answers) {
    for (const [source, types] of Object.entries(answers))
      for (const rules of Object.values(types))
        for (const rule of rules) {
          const all = this.sourcesOf.get(rule) ?? new Set();
          this.sourcesOf.set(rule, all.add(source as FindingSource));
        }
  }

  add(finding: Finding): void {
    const { account, imported, rule, kind, firstTime } = finding;
    const noted: Noted = { account, names: namesOf(finding), time: kind === 'detection' ? firstTime : null };
    if (imported === undefined) {
      if (this.sourcesOf.has(rule.id)) this.ours.push({ ...noted, rule: rule.id });
    } else if (imported.sample !== true) {
      const { source, type, answers } = imported;
      this.theirs.push({ ...noted, id: finding.id, type, source, answers });
    }
  }

  /** By account, then in the order of the services; only those that found something, or were read (`read`: `account source`). */
  rows(read: Iterable<string> = []): readonly SourceCoverage[] {
    const byName = new Map<string, Ours[]>();
    for (const one of this.ours)
      for (const name of one.names) {
        const key = `${one.account} ${one.rule} ${name}`;
        byName.set(key, [...(byName.get(key) ?? []), one]);
      }
    const counts = new Map<string, { seen: number; both: number; onlyOurs: number; types: Map<string, { n: number; example: string }> }>();
    const countOf = (account: string, source: FindingSource) => {
      const key = `${account} ${source}`;
      const count = counts.get(key) ?? { seen: 0, both: 0, onlyOurs: 0, types: new Map() };
      counts.set(key, count);
      return count;
    };
    const known = new Map<Ours, Set<FindingSource>>();
    for (const one of this.theirs) {
      const same = one.answers
        .flatMap((rule) => one.names.flatMap((name) => byName.get(`${one.account} ${rule} ${name}`) ?? []))
        .filter((ours) => ours.time === null || one.time === null || Math.abs(ours.time - one.time) <= sameWithin);
      const count = countOf(one.account, one.source);
      count.seen++;
      if (same.length > 0) count.both++;
      else {
        const { n, example } = count.types.get(one.type) ?? { n: 0, example: one.id };
        const [first = one.id] = [one.id, example].sort();
        count.types.set(one.type, { n: n + 1, example: first });
      }
      for (const ours of same) known.set(ours, (known.get(ours) ?? new Set()).add(one.source));
    }
    for (const key of read) {
      const at = key.indexOf(' ');
      countOf(key.slice(0, at), key.slice(at + 1) as FindingSource);
    }
    // What a service was never heard of in an account does not have, it was not asked for.
    for (const one of this.ours)
      for (const source of this.sourcesOf.get(one.rule) ?? [])
        if (known.get(one)?.has(source) !== true && counts.has(`${one.account} ${source}`)) countOf(one.account, source).onlyOurs++;
    const order = Object.keys(findingSources);
    return [...counts]
      .map(([key, { seen, both, onlyOurs, types }]): SourceCoverage => {
        const [account = '', source = ''] = key.split(' ');
        const onlyTheirTypes = [...types]
          .map(([type, count]) => ({ type, ...count }))
          .sort((a, b) => b.n - a.n || (a.type < b.type ? -1 : 1))
          .slice(0, mostTypes);
        return { account, source: source as FindingSource, seen, onlyTheirs: seen - both, both, onlyOurs, onlyTheirTypes };
      })
      .sort((a, b) => (a.account === b.account ? order.indexOf(a.source) - order.indexOf(b.source) : a.account < b.account ? -1 : 1));
  }
}

/** By what two findings are told to be about the same: who acted, and what it is about. */
function namesOf({ actor, evidence, resources }: Finding): readonly string[] {
  const actors = [actor, ...evidence.slice(0, 10).map((one) => one.actor)];
  const principals = actors.flatMap((one) => (one === undefined ? [] : (principalOf(one) ?? [])));
  return [...new Set([...principals, ...resources.slice(0, 50).map(({ uid }) => uid)])].filter((name) => name !== '');
}
