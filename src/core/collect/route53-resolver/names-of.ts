import { fold } from '../../lib/fold.ts';
import { splitName } from './registered-domain.ts';

/** What a record has beside what AWS wrote, made of `query_name`, so that rules can count and compare. */
export interface Names {
  /** In small letters, without the dot at its end: what Sigma's category `dns` calls so. */
  readonly query: string;
  /** What somebody has registered; see registered-domain.ts. */
  readonly registered_domain: string;
  /** What stands before that; empty where nothing does. */
  readonly subdomain: string;
  /** Characters of the longest label of the subdomain. */
  readonly longest_label: number;
}

export function namesOf(queryName: string): Names {
  const query = fold(queryName.endsWith('.') ? queryName.slice(0, -1) : queryName);
  const { registered, sub } = splitName(query);
  return { query, registered_domain: registered, subdomain: sub, longest_label: longestLabel(sub) };
}

function longestLabel(name: string): number {
  let longest = 0;
  let from = 0;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', from)) {
    longest = Math.max(longest, dot - from);
    from = dot + 1;
  }
  return Math.max(longest, name.length - from);
}
