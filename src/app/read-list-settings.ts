import { z } from 'zod';
import type { ListFormat } from '../core/collect/lists/read-list.ts';
import { knownAccounts, ownAccounts } from '../core/model/rule.ts';
import { readYaml } from './read-yaml.ts';

/** Where entries of a list come from. Texts may hold `${NAME}` of the environment, which is put in when they are used. */
export interface ListSource {
  readonly from: 'file' | 'url' | 'taxii';
  /** A path, below the home unless it is absolute; a URL; the URL of a TAXII collection. */
  readonly at: string;
  readonly column?: string | number;
  readonly headers: { readonly [name: string]: string };
  /** `user:password`, sent as HTTP's basic authentication. */
  readonly credentials: string | null;
  /** Addresses of private networks and plain HTTP are allowed. */
  readonly private: boolean;
}

export interface ListSettings {
  readonly name: string;
  readonly kind: NonNullable<ListFormat['kind']>;
  /** How often it is fetched, in milliseconds. */
  readonly everyMs: number;
  readonly sources: readonly ListSource[];
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const usualMs = 6 * units.h;
const shortestMs = 5 * units.m;

const name = z.string().regex(/^[A-Za-z0-9_][\w.-]{0,99}$/, 'a name is of letters, digits, dots and dashes, as rules write it: %name%');
const every = z.string().transform((text, context) => {
  const [, n = '', unit = ''] = /^(\d{1,4})([mhd])$/.exec(text) ?? [];
  const milliseconds = Number(n) * units[unit as keyof typeof units];
  if (milliseconds >= shortestMs) return milliseconds;
  context.addIssue({ code: 'custom', message: `"${text}" is no time such as 30m, 6h or 1d, 5m at least` });
  return usualMs;
});
const secret = z
  .string()
  .regex(/^\$\{[A-Za-z_]\w*\}$/, 'a secret is named, not written: a dollar sign and the name of an environment variable in braces');
const source = z
  .strictObject({
    file: z.string().min(1).optional(),
    url: z.string().min(1).optional(),
    taxii: z.string().min(1).optional(),
    column: z.union([z.string().min(1), z.int().min(1)]).optional(),
    headers: z.record(z.string().regex(/^[A-Za-z0-9-]+$/, 'a name of a header is wanted'), z.string()).optional(),
    user: z.string().min(1).optional(),
    password: secret.optional(),
    token: secret.optional(),
    private: z.boolean().optional(),
  })
  .superRefine((one, context) => {
    const wrong = (message: string) => context.addIssue({ code: 'custom', message });
    if ([one.file, one.url, one.taxii].filter((at) => at !== undefined).length !== 1) wrong('a source is one of file, url and taxii');
    else if (one.file !== undefined && (one.headers ?? one.user ?? one.password ?? one.token ?? one.private) !== undefined)
      wrong('headers, user, password, token and private are of url and taxii');
    else if (one.taxii !== undefined && one.column !== undefined) wrong('column is of CSV; TAXII gives STIX');
    else if ((one.user === undefined) !== (one.password === undefined)) wrong('user and password go together');
    else if (one.user !== undefined && one.token !== undefined) wrong('either user and password, or a token');
    const address = one.url ?? one.taxii;
    if (address !== undefined && !/^https?:\/\//.test(address)) wrong('a URL begins with https://');
    else if (address?.startsWith('http:') === true && one.private !== true)
      wrong('https:// is wanted: who is in between could empty the list; with "private: true" http:// is allowed');
  });

/** `lists.yml` in the home: docs/guides/threat-lists.md. */
const schema = z.strictObject({
  lists: z
    .record(
      name,
      z.strictObject({
        kind: z.enum(['indicators', 'texts', 'accounts', 'places']).optional(),
        every: every.optional(),
        sources: z.array(source).min(1, 'at least one source is wanted'),
      }),
    )
    .optional(),
});

/** What a list holds unless its settings say so. */
export function usualKind(list: string): ListSettings['kind'] {
  if (list === 'places') return 'places';
  return list === ownAccounts || list === knownAccounts ? 'accounts' : 'indicators';
}

/** Reads `lists.yml`. Throws an InputError that names the line and what is wanted there. */
export function readListSettings(text: string, file: string): readonly ListSettings[] {
  const { lists = {} } = readYaml(text, file, schema);
  return Object.entries(lists).map(([list, { kind = usualKind(list), every: everyMs = usualMs, sources }]) => ({
    name: list,
    kind,
    everyMs,
    sources: sources.map((one): ListSource => {
      const column = one.column === undefined ? {} : { column: one.column };
      const more = { ...column, ...secretsOf(one), private: one.private === true };
      if (one.file !== undefined) return { from: 'file', at: one.file, ...more };
      return one.url === undefined ? { from: 'taxii', at: one.taxii ?? '', ...more } : { from: 'url', at: one.url, ...more };
    }),
  }));
}

function secretsOf({ headers = {}, user, password, token }: z.infer<typeof source>): Pick<ListSource, 'headers' | 'credentials'> {
  const credentials = user === undefined ? null : `${user}:${password ?? ''}`;
  return { headers: token === undefined ? headers : { ...headers, Authorization: `Bearer ${token}` }, credentials };
}

/** A text with the values of the environment that it names. A name that has none is the answer instead. */
export function withEnvironment(
  text: string,
  env: { readonly [name: string]: string | undefined },
): { readonly text: string } | { readonly missing: string } {
  const names = [...text.matchAll(/\$\{([A-Za-z_]\w*)\}/g)].map((match) => match[1] ?? '');
  const missing = names.find((one) => (env[one] ?? '') === '');
  if (missing !== undefined) return { missing };
  return { text: text.replace(/\$\{([A-Za-z_]\w*)\}/g, (_, one: string) => env[one] ?? '') };
}
