import { InputError } from '../core/model/errors.ts';

/** The one of these whose id begins so. Ids are long, and people type their beginning. Throws InputError. */
export function pickById<T>(items: readonly T[], idOf: (item: T) => string, typed: string, what: string): T {
  const found = items.filter((item) => idOf(item).startsWith(typed));
  const exact = found.find((item) => idOf(item) === typed);
  if (exact !== undefined) return exact;
  const [first, ...others] = found;
  if (typed === '' || first === undefined) throw new InputError(`there is no ${what} whose id begins so`, typed);
  if (others.length > 0) throw new InputError(`${found.length} ${what}s begin so; type more of the id`, typed);
  return first;
}
