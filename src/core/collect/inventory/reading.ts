import { parseArn } from '../../lib/arn.ts';
import { CloudError } from '../../model/errors.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Resource, Unread } from '../../model/resource.ts';
import type { Cloud } from '../../ports/cloud.ts';

/** What a reader has at hand: one account, and one Region (`aws-global` for global services). */
export interface Reading {
  readonly account: string;
  readonly partition: string;
  readonly region: string;
  /** All Regions that are read. */
  readonly regions: readonly string[];
  /** The account of the credentials at hand; null where it is not known. */
  home(): Promise<string | null>;
  /** Calls AWS in another account of the organisation. Throws CloudError. */
  callIn(account: string, action: string, input: JsonObject): Promise<Json>;
  /** Calls AWS in this Region, or in another. Throws CloudError. */
  call(action: string, input?: JsonObject, region?: string): Promise<Json>;
  /**
   * One property: what `of` makes of the answer, `null` when AWS answers with one of the codes `none` (there is no such
   * configuration), absent and named in `unread` when the call fails in any other way.
   */
  property(
    action: string,
    input: JsonObject,
    of: (answer: Json) => Json,
    options?: { readonly none?: readonly string[]; readonly region?: string },
  ): Promise<Read>;
  /** Runs a task for each, so many at a time. */
  each<T, R>(list: readonly T[], work: (one: T) => Promise<R>): Promise<R[]>;
}

/** A property's value, or the action that failed. */
export type Read = { readonly value: Json } | { readonly failed: string };

/** Reads one kind of resources. `action` is its first call: what is missing when the reader fails. */
export interface Reader {
  readonly action: string;
  readonly types: readonly string[];
  /** `account`: once; `region`: once per Region. */
  readonly per: 'account' | 'region';
  /** Every IAM action that it calls. */
  readonly calls: readonly string[];
  read(reading: Reading): Promise<readonly Resource[]>;
}

/** A resource from its certain properties and those that may have failed. */
export function resourceOf(
  base: Omit<Resource, 'props' | 'unread' | 'tags'> & { readonly tags?: Resource['tags'] },
  props: JsonObject,
  reads: { readonly [property: string]: Read } = {},
): Resource {
  const all: { [property: string]: Json } = { ...props };
  const unread: { [property: string]: string } = {};
  for (const [name, read] of Object.entries(reads)) {
    if ('value' in read) all[name] = read.value;
    else unread[name] = read.failed;
  }
  return { tags: {}, ...base, props: all, unread };
}

export function readingOf(
  cloud: Cloud,
  account: string,
  partition: string,
  region: string,
  regions: readonly string[],
  limit: Limit,
): Reading {
  const home = region === 'aws-global' ? globalRegion(partition, regions) : region;
  const call = (action: string, input: JsonObject = {}, at = home): Promise<Json> =>
    limit(() => cloud.call({ account, region: at, action, input, role: 'reader' }));
  return {
    account,
    partition,
    region,
    regions,
    home: async () => {
      const self = await cloud.self().catch(() => null);
      return self === null ? null : (parseArn(self)?.account ?? null);
    },
    callIn: (other, action, input) => limit(() => cloud.call({ account: other, region: home, action, input, role: 'reader' })),
    call,
    async property(action, input, of, options = {}) {
      try {
        return { value: of(await call(action, input, options.region)) };
      } catch (error) {
        if (error instanceof CloudError && error.kind === 'not-found' && options.none?.includes(error.code) === true)
          return { value: null };
        return { failed: action };
      }
    },
    each: (list, work) => Promise.all(list.map(work)),
  };
}

/** Why a list is missing. AWS's own message is left out: it has request ids, and the same state must have the same bytes. */
export function unreadOf(account: string, region: string, reader: Reader, error: unknown): Unread {
  const cloud = error instanceof CloudError ? error : null;
  const action = cloud !== null && cloud.action !== '' ? cloud.action : reader.action;
  const code = cloud?.code ?? 'UnexpectedAnswer';
  const reason = cloud === null ? `${action} gave an answer that could not be understood` : `${action}: ${says[cloud.kind]} (${code})`;
  return { account, region, permission: action, types: reader.types, code, reason };
}

const says = {
  denied: 'not allowed',
  throttled: 'throttled in every attempt',
  'not-found': 'not found',
  conflict: 'refused for a conflict',
  invalid: 'refused as invalid',
  quota: 'over a quota',
  unavailable: 'did not answer',
  unsupported: 'not supported here',
} as const satisfies Record<CloudError['kind'], string>;

/** Where a partition's global services are called. */
function globalRegion(partition: string, regions: readonly string[]): string {
  const known: { readonly [partition: string]: string } = { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };
  return known[partition] ?? regions[0] ?? 'us-east-1';
}

export type Limit = <T>(work: () => Promise<T>) => Promise<T>;

/** At most `most` pieces of work at once, in the order in which they came. */
export function limitTo(most: number): Limit {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place is handed on without being given back, so that nobody can take it in between.
      const next = waiting.shift();
      if (next === undefined) running--;
      else next();
    }
  };
}
