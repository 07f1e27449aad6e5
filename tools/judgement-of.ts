import { meetsWildcard } from '../src/core/lib/wildcard.ts';
import type { Coverage } from '../src/core/model/coverage.ts';

/** Why a person judges findings of this type; null where nothing says so. */
export function judgementOf({ judgements }: Coverage, type: string): string | null {
  return judgements.find(({ types }) => types.some((pattern) => meetsWildcard(pattern, type)))?.why ?? null;
}
