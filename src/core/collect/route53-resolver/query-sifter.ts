import type { FieldSieve, Sieve } from '../../model/sieve.ts';
import type { OpenSifters, QueryMember, Sift } from '../../ports/line-sifter.ts';
import { type Names, namesOf } from './names-of.ts';

/** Members whose value is a text; of all that AWS writes only `answers` and `srcids` are others. */
const texts = [
  ...['query_type', 'query_class', 'rcode', 'version', 'account_id', 'region', 'vpc_id', 'srcaddr', 'srcport', 'transport'],
  ...['firewall_rule_action', 'firewall_rule_group_id', 'firewall_domain_list_id'],
];
/** The members that are made of a name, or are the name, and what they are. */
const derived: readonly (readonly [field: string, textOf: (names: Names, name: string) => string])[] = [
  ['registered_domain', (names) => names.registered_domain],
  ['longest_label', (names) => String(names.longest_label)],
  ['subdomain', (names) => names.subdomain],
  ['query', (names) => names.query],
  ['query_name', (_, name) => name],
];
/** So many registered domains are remembered; a hostile log can bring any number. */
const remembered = 8_192;

/**
 * Passes over queries that are plainly good and that no rule can match: of the members that AWS writes, each once. All
 * else is left to the reader.
 */
export function querySifter(sieve: Sieve, open: OpenSifters): Sift {
  const members: readonly QueryMember[] = [
    { name: 'query_name', kind: 'name', sieve: sieveOfNames(sieve) },
    { name: 'query_timestamp', kind: 'time', sieve: null },
    ...texts.map((name): QueryMember => ({ name, kind: 'text', sieve: sieve.ofField(name) })),
    { name: 'answers', kind: 'answers', sieve: sieve.ofElement('answers.Rdata') },
    { name: 'srcids', kind: 'ids', sieve: null },
  ];
  return open.queries(members, sieve.all);
}

/** What a name leaves, by all members that are made of it. What is registered is asked first: it is seen again and again. */
function sieveOfNames(sieve: Sieve): FieldSieve | null {
  const fields = derived.flatMap(([field, textOf]) => {
    const own = sieve.ofField(field);
    if (own === null) return [];
    return [{ textOf, own: field === 'registered_domain' || field === 'longest_label' ? remembering(own) : own }];
  });
  if (fields.length === 0) return null;
  return {
    matters: fields.reduce((sum, { own }) => sum | own.matters, 0),
    left(text, among = sieve.all) {
      if (text === undefined) return among;
      const names = namesOf(text);
      let left = among;
      for (const { textOf, own } of fields) if ((left & own.matters) !== 0) left = own.left(textOf(names, text), left);
      return left;
    },
    steps: null,
    addressSteps: null,
  };
}

function remembering(own: FieldSieve): FieldSieve {
  const known = new Map<string | undefined, number>();
  return {
    ...own,
    left(value, among) {
      let left = known.get(value);
      if (left === undefined) {
        left = own.left(value);
        if (known.size >= remembered) known.clear();
        known.set(value, left);
      }
      return among === undefined ? left : left & among;
    },
  };
}
