import { canonicalJson } from '../lib/canonical-json.ts';
import { type Severity, severityIds } from '../model/severity.ts';
import type { Leave, Tolerance, ToleranceScope } from '../model/tolerance.ts';

/** Is a value looser than one before it: does automation do more, or accept more? */
type Looser = (before: unknown, after: unknown) => boolean;

const differs: Looser = (before, after) => text(before) !== text(after);
const greater: Looser = (before, after) => !(Number(after) <= Number(before));
const smaller: Looser = (before, after) => !(Number(after) >= Number(before));
/** Days after which something is closed or told; 0 is never. */
const sooner: Looser = (before, after) => Number(after) !== 0 && (Number(before) === 0 || !(Number(after) >= Number(before)));
const later: Looser = (before, after) => Number(before) !== 0 && (Number(after) === 0 || !(Number(after) <= Number(before)));
/** Entries that let something through: one more is looser. */
const gains: Looser = (before, after) => !isWithin(after, before);
/** Entries that hold something back: one less is looser. */
const loses: Looser = (before, after) => !isWithin(before, after);
const graver: Looser = (before, after) => !(severityIds[after as Severity] <= severityIds[before as Severity]);
const leaves: { readonly [leave in Leave]: number } = { never: 0, ask: 1, alone: 2 };
/** A playbook that is named may do more alone than one that is not. */
const namedAlone = 3;

/** Of one scope; a key that is not here is looser whenever it is other. `playbooks` and `act` have rules of their own. */
const scopeRules: { readonly [key: string]: Looser } = {
  act: (before, after) => !(leaves[after as Leave] <= leaves[before as Leave]),
  askFrom: graver,
  acceptLegitimateUse: gains,
  acceptProductionUse: gains,
  impact: smaller,
  onSilence: (before, after) => before !== 'contain' && after === 'contain',
};

/** Of the document; a key that is not here is looser whenever it is other. */
const rules: { readonly [key: string]: Looser } = {
  closeAfterDays: sooner,
  shadowDays: smaller,
  stepUp: (before, after) => after !== 'required' && before === 'required',
  signals: loses,
  protected: loses,
  freezes: loses,
  exemptions: gains,
  announced: gains,
  grants: gains,
  assignments: gains,
  remindOwnersAfter: later,
};

interface Layer {
  readonly name: string;
  readonly scope: ToleranceScope;
}

/**
 * In which ways a tolerance lets automation do more, or accepts more, than the one before it: paths of keys, sorted; empty where it is as
 * tight in every case. What is not known to be tighter is looser. A key that a part of the business gains or loses hides or shows what holds
 * elsewhere, so it is compared with all of that.
 */
export function looserWays(before: Tolerance, after: Tolerance): readonly string[] {
  const ways = new Set<string>();
  const [old, now] = [layersOf(before), layersOf(after)];
  const common = (layers: readonly Layer[], others: readonly Layer[]) =>
    layers.map(({ name }) => name).filter((name) => others.some((other) => other.name === name));
  if (hasTwice(old) || hasTwice(now) || text(common(old, now)) !== text(common(now, old))) ways.add('units');
  for (const name of new Set([...old, ...now].map((layer) => layer.name))) {
    const [was, is] = [old, now].map((layers) => layers.find((layer) => layer.name === name)?.scope ?? {});
    for (const key of keysOf(was, is)) if (isKeyLooser(key, was, is, old, now)) ways.add(`${name}.${key}`);
  }
  const own = new Set(['default', 'units', 'accounts', 'caps', 'people', 'accountOwners']);
  const [a, b] = [before, after] as unknown as readonly { readonly [key: string]: unknown }[];
  for (const key of keysOf(a, b))
    if (!own.has(key) && differs(a?.[key], b?.[key]) && (rules[key] ?? differs)(a?.[key], b?.[key])) ways.add(key);
  // A cap that is not there is none.
  for (const key of keysOf(before.caps, after.caps))
    if (greater(valueIn(before.caps, key) ?? Infinity, valueIn(after.caps, key) ?? Infinity)) ways.add(`caps.${key}`);
  for (const person of keysOf(before.people, after.people))
    if (gains(valueIn(before.people, person) ?? [], valueIn(after.people, person) ?? [])) ways.add(`people.${person}`);
  // Without an owner the engineer is asked.
  for (const account of keysOf(before.accountOwners, after.accountOwners)) {
    const owner = valueIn(after.accountOwners, account);
    if (owner !== undefined && owner !== valueIn(before.accountOwners, account)) ways.add(`accountOwners.${account}`);
  }
  return [...ways].sort();
}

/** The scopes by what they hold for: the default, the parts of the business in their order, the accounts. */
function layersOf({ default: first, units, accounts }: Tolerance): readonly Layer[] {
  return [
    { name: 'default', scope: first },
    ...units.map(({ name, accounts: of, tags, ...scope }) => ({ name: `units.${text([name, of ?? null, tags ?? null])}`, scope })),
    ...Object.entries(accounts)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([account, scope]) => ({ name: `accounts.${account}`, scope })),
  ];
}

function hasTwice(layers: readonly Layer[]): boolean {
  return new Set(layers.map(({ name }) => name)).size < layers.length;
}

function isKeyLooser(
  key: string,
  was: ToleranceScope | undefined,
  is: ToleranceScope | undefined,
  old: readonly Layer[],
  now: readonly Layer[],
): boolean {
  if (key === 'playbooks') return keysOf(was?.playbooks, is?.playbooks).some((playbook) => isPlaybookLooser(playbook, was, is, old, now));
  const looser = scopeRules[key];
  const [before, after] = [valueIn(was, key), valueIn(is, key)];
  if (looser === undefined) return differs(before, after);
  if (before !== undefined && after !== undefined) return differs(before, after) && looser(before, after);
  const values = (layers: readonly Layer[]) => layers.map(({ scope }) => valueIn(scope, key)).filter((value) => value !== undefined);
  return before === undefined ? values(old).some((value) => looser(value, after)) : values(now).some((value) => looser(before, value));
}

function isPlaybookLooser(
  playbook: string,
  was: ToleranceScope | undefined,
  is: ToleranceScope | undefined,
  old: readonly Layer[],
  now: readonly Layer[],
): boolean {
  const named = (scope: ToleranceScope | undefined): number | null => {
    const leave = valueIn(scope?.playbooks, playbook) as Leave | undefined;
    return leave === undefined ? null : leave === 'alone' ? namedAlone : leaves[leave];
  };
  const possible = (layers: readonly Layer[]): readonly number[] =>
    layers.flatMap(({ scope }) => [
      ...(scope.act === undefined ? [] : [leaves[scope.act]]),
      ...[named(scope)].filter((rank) => rank !== null),
    ]);
  const [before, after] = [named(was), named(is)];
  if (before !== null && after !== null) return after > before;
  if (after !== null) return possible(old).some((rank) => after > rank);
  return before !== null && possible(now).some((rank) => rank > before);
}

function keysOf(...objects: readonly (object | undefined)[]): readonly string[] {
  return [...new Set(objects.flatMap((object) => Object.keys(object ?? {})))].sort();
}

function valueIn(object: object | undefined, key: string): unknown {
  return object !== undefined && Object.hasOwn(object, key) ? (object as { readonly [key: string]: unknown })[key] : undefined;
}

/** Every entry of the one is in the other. What is no list holds nothing. */
function isWithin(some: unknown, all: unknown): boolean {
  const known = new Set((Array.isArray(all) ? all : []).map(text));
  return (Array.isArray(some) ? some : []).every((one) => known.has(text(one)));
}

function text(value: unknown): string {
  return canonicalJson(value ?? null);
}
