import type { Kysely } from 'kysely';
import type { Tables } from './tables.ts';

/** A transaction of one tenant, with the schema named. */
export interface Scope {
  readonly db: Kysely<Tables>;
  readonly tenant: string;
}
