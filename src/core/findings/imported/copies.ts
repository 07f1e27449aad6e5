import { hashOf } from '../../lib/hash.ts';
import { type ReportForm, reportForms } from '../../model/imported.ts';
import type { Report } from '../../model/report.ts';

/** What AWS answered when it was asked for a finding, and when that was, in milliseconds since 1970. */
export interface Answered {
  readonly report: Report;
  readonly at: number;
}

/**
 * All that is known of one finding of a service: in each form, and of each part, the latest that somebody told (a queue, a bucket, a
 * file) and the latest that AWS itself answered. A join-semilattice value: whatever the order in which copies came, it is the same.
 */
export interface Copies {
  readonly told: readonly Report[];
  readonly answered: readonly Answered[];
  /** Some copy said that it was open: what never was is not shown. */
  readonly wasActive: boolean;
}

export const noCopies: Copies = { told: [], answered: [], wasActive: false };

/** So many parts of a form are kept, those with the smaller names. */
const mostParts = 50;

export function copiesOf(report: Report, at: number | null): Copies {
  return {
    told: at === null ? [report] : [],
    answered: at === null ? [] : [{ report, at }],
    wasActive: report.state === 'active',
  };
}

export function joinCopies(a: Copies, b: Copies): Copies {
  return {
    told: latest([...a.told, ...b.told], (report) => report, laterReport),
    answered: latest([...a.answered, ...b.answered], ({ report }) => report, laterAnswer),
    wasActive: a.wasActive || b.wasActive,
  };
}

function latest<T>(list: readonly T[], reportOf: (item: T) => Report, later: (a: T, b: T) => T): readonly T[] {
  const byPlace = new Map<string, T>();
  for (const item of list) {
    const place = placeOf(reportOf(item));
    const known = byPlace.get(place);
    byPlace.set(place, known === undefined ? item : later(known, item));
  }
  const kept = new Map<ReportForm, number>();
  return [...byPlace]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, item]) => {
      const { form } = reportOf(item);
      const n = (kept.get(form) ?? 0) + 1;
      kept.set(form, n);
      return n > mostParts ? [] : [item];
    });
}

/** Forms in their order, then parts by name. */
function placeOf({ form, part }: Report): string {
  return `${reportForms.indexOf(form)} ${part}`;
}

/** Services put a finding away without a new time: of two copies of one time that which is over counts. */
function laterReport(a: Report, b: Report): Report {
  const over = (report: Report) => (report.state === 'active' ? 0 : 1);
  if (a.updatedAt !== b.updatedAt) return a.updatedAt > b.updatedAt ? a : b;
  if (over(a) !== over(b)) return over(a) > over(b) ? a : b;
  return hashOf(a) >= hashOf(b) ? a : b;
}

function laterAnswer(a: Answered, b: Answered): Answered {
  if (a.at !== b.at) return a.at > b.at ? a : b;
  return hashOf(a.report) >= hashOf(b.report) ? a : b;
}

/** A copy that counts: what AWS answered, or else what was told. */
export interface Counted {
  readonly report: Report;
  /** The time of what was told since AWS answered, where that says to be newer. */
  readonly newer?: number;
}

/** The copies that count, by form and part. What AWS has answered is not changed by what is told later: that has to be asked again. */
export function countedCopies({ told, answered }: Copies): readonly Counted[] {
  const answers = new Map(answered.map(({ report }) => [placeOf(report), report]));
  const told_ = new Map(told.map((report) => [placeOf(report), report]));
  return [...new Set([...answers.keys(), ...told_.keys()])].sort().flatMap((place): readonly Counted[] => {
    const answer = answers.get(place);
    const said = told_.get(place);
    if (answer === undefined) return said === undefined ? [] : [{ report: said }];
    const isNewer = said !== undefined && said.updatedAt > answer.updatedAt;
    return [isNewer ? { report: answer, newer: said.updatedAt } : { report: answer }];
  });
}
