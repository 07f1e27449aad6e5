import type { Severity } from './severity.ts';
import type { Source } from './source.ts';

/** How numbers are compared. */
export type NumberComparison = 'gt' | 'gte' | 'lt' | 'lte';

/** What Sigma's time modifiers take of a time, in UTC; `week` is that of ISO 8601. */
export type TimePart = 'minute' | 'hour' | 'day' | 'week' | 'month' | 'year';

/** Named lists of texts that rules refer to by `expand`: threat addresses, domains, administrators. Of any size. */
export type Lists = ReadonlyMap<string, readonly string[]>;

/** Is a value in a list? `domain-suffix`: an entry, or a name below it; `cidr`: the entries are addresses and blocks. */
export interface ListTest {
  readonly is: 'in-list';
  readonly list: string;
  readonly how: 'equals' | 'domain-suffix' | 'cidr';
  /** Of `equals` only. */
  readonly cased: boolean;
}

/** The list of the organisation's own accounts, which `grants` asks. */
export const ownAccounts = 'own-accounts';
/** The list of accounts of others that are no strangers: vendors, partners. */
export const knownAccounts = 'known-accounts';

export const grantedTo = ['anyone', 'foreign-account', 'sister-account', 'stranger', 'administration'] as const;
/**
 * What `grants` asks for. `anyone`: all the world is let in. `administration`: who has the policy becomes an administrator, see
 * core/lib/administers. The others are accounts other than the event's `recipientAccountId`: a
 * `sister-account` is in the list of own accounts, and a `foreign-account` is not. A `stranger` is a foreign one that is not in the
 * list of known accounts either. While the list of own accounts is empty, every other account is foreign, and nobody can be told to be
 * sister or stranger.
 */
export type GrantedTo = (typeof grantedTo)[number];

/**
 * Our modifier `grants`: the value is an IAM policy (text or object), a principal, or a list of them, and lets in somebody of
 * this kind. See core/lib/grants.
 */
export interface GrantsTest {
  readonly is: 'grants';
  readonly to: GrantedTo;
}

export interface PlaceTest {
  readonly is: 'equals' | 'contains' | 'startswith' | 'endswith';
  readonly text: string;
  readonly cased: boolean;
}

/** A pattern with wildcards: the literal pieces between `*`; inside a piece `?` is the element null. */
export interface GlobTest {
  readonly is: 'glob';
  readonly pieces: readonly (readonly (string | null)[])[];
  readonly cased: boolean;
}

/** One comparison of a value. Texts are folded (see core/lib/fold) unless `cased`. */
export type Test =
  | PlaceTest
  | GlobTest
  /** Sigma's `windash`: the same with every dash and slash of the value read as `-`. */
  | { readonly is: 'windash'; readonly of: PlaceTest | GlobTest }
  /** Holds for numbers and for texts that are decimal numbers; `than` is one. */
  | { readonly is: 'number'; readonly compare: NumberComparison; readonly than: string }
  | { readonly is: 'time'; readonly part: TimePart; readonly compare: NumberComparison | 'equals'; readonly than: number }
  | ListTest
  | { readonly is: 're'; readonly source: string; readonly flags: string }
  | { readonly is: 'cidr'; readonly block: string }
  | { readonly is: 'exists'; readonly want: boolean }
  /** Compares with another field of the same event: Sigma's `fieldref`, alone or with contains, startswith, endswith. */
  | {
      readonly is: 'fieldref';
      readonly path: string;
      readonly how: 'equals' | 'contains' | 'startswith' | 'endswith';
      readonly cased: boolean;
    }
  | GrantsTest
  /** Our modifier `generated`: the value is a name of random letters, or not. See core/lib/generated-name. */
  | { readonly is: 'generated'; readonly want: boolean }
  | { readonly is: 'null' };

/** The closed syntax tree of a rule's condition; nothing of the rule's text is ever executed. */
export type Expr =
  | { readonly op: 'and' | 'or'; readonly of: readonly Expr[] }
  | { readonly op: 'not'; readonly of: Expr }
  | { readonly op: 'field'; readonly path: string; readonly test: Test }
  | { readonly op: 'keyword'; readonly test: Test }
  | { readonly op: 'constant'; readonly value: boolean };

/** Where in the event the rule finds the resource it is about: the first path that is there. */
export interface ResourcePath {
  readonly type: string;
  readonly paths: readonly string[];
}

interface RuleHead {
  /** Readable id: the path below `content/rules` with dots; of a foreign rule its UUID, or its file's name. */
  readonly id: string;
  readonly uuid: string | null;
  readonly major: number;
  readonly title: string;
  readonly description: string;
  readonly severity: Severity;
  readonly techniques: readonly string[];
  readonly tactics: readonly string[];
  readonly falsePositives: readonly string[];
  /** The tag `jobzero.insecure-behaviour`: it finds what endangers the account with no attacker behind it, such as root at daily work. */
  readonly insecureBehaviour?: true;
  /** The file it came from, for messages. */
  readonly file: string;
  /** False for a rule that only feeds correlations. */
  readonly raises: boolean;
}

/** A Sigma filter: what else must hold of an event before the rules that it names match it. */
export interface RuleFilter {
  /** Its UUID, else the file's name. */
  readonly id: string;
  readonly title: string;
  readonly file: string;
  readonly line: number;
  /** Ids or UUIDs of event rules; `any`: all that ask no other logs than `sources`. */
  readonly rules: readonly string[] | 'any';
  readonly sources: readonly Source[];
  readonly when: Expr;
}

/** A Sigma rule over single events. */
export interface EventRule extends RuleHead {
  readonly kind: 'event';
  /** The logs it asks; at least one. */
  readonly sources: readonly Source[];
  readonly when: Expr;
  readonly resource: ResourcePath | null;
  /** Name -> path of values that a playbook needs; kept with the evidence. */
  readonly keep: { readonly [name: string]: string };
}

export const correlationTypes = [
  'event_count',
  'value_count',
  'value_sum',
  'value_avg',
  'value_median',
  'value_percentile',
  'temporal',
  'temporal_ordered',
  'first_seen',
  'unusual_count',
  'impossible_travel',
] as const;
export type CorrelationType = (typeof correlationTypes)[number];

/** One criterion of a correlation's condition. */
export interface Criterion {
  readonly is: NumberComparison | 'eq' | 'neq';
  readonly than: number;
}

/** A Sigma correlation over matches of event rules or over other correlations, or our `first_seen`, `unusual_count` and `impossible_travel`. */
export interface CorrelationRule extends RuleHead {
  readonly kind: 'correlation';
  readonly type: CorrelationType;
  /** Readable ids of the rules. */
  readonly rules: readonly string[];
  /** Of a correlation over correlations: all of those below it, each once, before those that are over it. They have no `nested` of their own. */
  readonly nested?: readonly CorrelationRule[];
  /** Where a rule's events have a field of `groupBy`, or `field`, under another name, or a correlation groups by it under another: name -> rule id -> path. */
  readonly aliases?: { readonly [name: string]: { readonly [rule: string]: string } };
  readonly groupBy: readonly string[];
  /** Milliseconds; for `first_seen` and `unusual_count` the learning period, for the latter whole days. Of `temporal_ordered` the rules are in the order of events. */
  readonly timespan: number;
  /** The path whose values count, for the types that have one. */
  readonly field: string | null;
  /** At least this many; `gt` is turned into `gte`. Of `criteria` on counts, one more than the largest number in them. */
  readonly threshold: number;
  /**
   * What must hold of a sum, an average or a percentile, or of a count that has an upper bound. Those other than a
   * sum's lower bound are asked of each epoch-aligned span as a whole: more events may make them false again.
   */
  readonly criteria?: readonly Criterion[];
  /** Of `value_percentile`, 0 to 100. */
  readonly percentile?: number;
  /** Of `unusual_count`: so many times the most of a day before. */
  readonly factor?: number;
  /** Of `impossible_travel`: places at least so many kilometres apart, and faster than so many kilometres an hour. */
  readonly travel?: { readonly distance: number; readonly speed: number };
}

export type Rule = EventRule | CorrelationRule;

/** A rule that could not be compiled: it is refused, and the others run. */
export interface RuleFault {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly reason: string;
}

/** What a rule below a correlation calls the field that the correlation groups by, or counts, as `name`. */
export function groupedBy({ aliases = {} }: Pick<CorrelationRule, 'aliases'>, name: string, id: string): string {
  const paths = Object.hasOwn(aliases, name) ? aliases[name] : undefined;
  return (paths !== undefined && Object.hasOwn(paths, id) ? paths[id] : undefined) ?? name;
}
