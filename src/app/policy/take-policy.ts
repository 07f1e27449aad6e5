import { looserWays } from '../../core/decide/looser.ts';
import { findLess } from '../../core/detect/sigma/find-less.ts';
import type { RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import { sha256 } from '../../core/lib/hash.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Rule } from '../../core/model/rule.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealPerson } from '../ledger/seals.ts';
import { closeFault, openFault } from '../notify/automation-fault.ts';
import { operatorsOf } from '../on-call/on-call-settings.ts';
import { readTolerance } from '../read-tolerance.ts';
import { readRuleTexts, rulesSetting } from '../rules-of.ts';

/** The text that holds, as the settings have it. */
export const toleranceSetting = 'tolerance';

/** What of the home is reviewed: by the setting that holds, and its name for people. */
const kinds = { [toleranceSetting]: 'tolerance.yml', [rulesSetting]: 'rules' } as const;
type Kind = keyof typeof kinds;
const faultOf = (kind: Kind) => ({ what: 'policy-review', name: kinds[kind] }) as const;
const waitingIn = (kind: Kind) => `${kind}/waiting`;

/** When a looser text waits for a second person: always, or where two or more persons are known. */
export type ReviewMode = 'always' | 'when-two';

/** What somebody wrote and does not hold. */
export interface WaitingPolicy {
  readonly text: string;
  /** What becomes the setting; absent where that is the text. */
  readonly value?: Json;
  readonly hash: string;
  /** When it was seen, in milliseconds since 1970, and who owned the file then. */
  readonly at: number;
  readonly by: string;
  /** In which ways it is looser than what holds. */
  readonly looser: readonly string[];
  /** Who turned it down. */
  readonly rejectedBy?: string;
}

/** Who could review: those of the tolerance that holds, and of `oncall.yml`. Sorted. */
export async function knownPersons(tx: Tx): Promise<readonly string[]> {
  const text = await tx.settings.get(toleranceSetting);
  const { people, accountOwners = {} } = readTolerance(typeof text === 'string' ? text : '', 'tolerance');
  return [...new Set([...Object.keys(people), ...Object.values(accountOwners), ...(await operatorsOf(tx))])].sort();
}

export async function waitingPolicy(tx: Tx, kind: Kind): Promise<WaitingPolicy | null> {
  return (await tx.settings.get(waitingIn(kind))) as unknown as WaitingPolicy | null;
}

/** What was seen in the home: who owned it, and when, in milliseconds since 1970. */
interface Seen {
  readonly by: string;
  readonly at: number;
  readonly review: ReviewMode;
}

/**
 * Takes the file's text in. What is as tight as what holds, or tighter, holds at once. What is looser in some way waits for a second person
 * where that is asked for, and what held before goes on holding. The first text of an installation holds. Throws InputError for a text that
 * is no tolerance.
 */
export async function takeTolerance(tx: Tx, { text, ...seen }: { readonly text: string } & Seen): Promise<Taken> {
  const after = readTolerance(text, kinds[toleranceSetting]);
  const held = await tx.settings.get(toleranceSetting);
  const looser = (before: string) => looserWays(readTolerance(before, 'tolerance'), after);
  return take(tx, toleranceSetting, { text, held: typeof held === 'string' ? held : null, looser }, seen);
}

/**
 * The same of the home's rules. Looser is what may find less: a filter that is new or other, and a rule that is gone, other, or takes the place of one
 * of ours. The first rules of an installation wait too, since ours hold before them.
 */
export async function takeRules(
  tx: Tx,
  { files, own, ...seen }: { readonly files: readonly RuleFile[]; readonly own: readonly Rule[] } & Seen,
): Promise<Taken> {
  const before = (await readRuleTexts(tx, seen.at)).files;
  if (before.length === 0 && files.length === 0 && (await waitingPolicy(tx, rulesSetting)) === null) return 'same';
  const policy = {
    text: textOf(files),
    value: { files } as unknown as Json,
    held: textOf(before),
    looser: () => findLess(own, before, files),
  };
  return take(tx, rulesSetting, policy, seen);
}

type Taken = 'same' | 'holds' | 'waits';

/** Rules with their files' names, as they are read. */
export function textOf(files: readonly RuleFile[]): string {
  return files.map(({ file, text }) => `# ${file}\n${text.trimEnd()}\n`).join('\n');
}

interface Policy {
  readonly text: string;
  readonly value?: Json;
  /** The text that holds; null where none does. */
  readonly held: string | null;
  readonly looser: (held: string) => readonly string[];
}

async function take(tx: Tx, kind: Kind, { text, value, held, looser }: Policy, { by, at, review }: Seen): Promise<Taken> {
  const waiting = await waitingPolicy(tx, kind);
  if (held === text) {
    if (waiting !== null) await leave(tx, kind, { withdrawn: waiting.hash }, by, at);
    return 'same';
  }
  const isAsked = held !== null && (review === 'always' || (await knownPersons(tx)).length > 1);
  const ways = isAsked ? looser(held) : [];
  const hash = sha256(text);
  const policy: WaitingPolicy = { text, ...(value === undefined ? {} : { value }), hash, at, by, looser: ways };
  if (ways.length === 0) {
    await hold(tx, kind, policy, at, {});
    return 'holds';
  }
  if (waiting?.text === text) return 'waits';
  await tx.settings.set(waitingIn(kind), policy as unknown as Json, at, by);
  await append(tx, kind, { waits: hash, looser: ways.length }, by, at);
  const reason = `What was changed ${kind === rulesSetting ? 'may find less' : 'lets automation do or accept more'} (${ways.slice(0, 5).join(', ')}${ways.length > 5 ? ', ...' : ''}); what held before goes on holding`;
  await openFault(tx, { ...faultOf(kind), reason }, [], at);
  return 'waits';
}

/**
 * A second person lets the waiting text hold, or turns it down. `hash` is the beginning of the text's hash, so that nobody reviews another
 * text than the one that they read. Throws InputError where nothing of this hash waits, the person changed it, or is not known.
 */
export function reviewPolicy(
  { store, tenant, clock }: { readonly store: Store; readonly tenant: string; readonly clock: Clock },
  { hash, by, accept }: { readonly hash: string; readonly by: string; readonly accept: boolean },
): Promise<WaitingPolicy> {
  return store.within(tenant, async (tx) => {
    const all = await waitingPolicies(tx);
    const found = hash.length < 8 ? undefined : all.find(({ waiting }) => waiting.hash.startsWith(hash));
    if (found === undefined) throw new InputError('no text of this hash waits for a review; "jobzero policy review" shows what does', hash);
    const { kind, waiting } = found;
    if (waiting.by === by) throw new InputError('another person than the one who changed it reviews it', by);
    const known = await knownPersons(tx);
    if (known.length > 0 && !known.includes(by))
      throw new InputError('nobody of this name is in oncall.yml or in the tolerance that holds', by);
    const at = clock.now();
    if (accept) await hold(tx, kind, waiting, at, { reviewedBySeal: await sealPerson(tx, by) });
    else {
      await tx.settings.set(waitingIn(kind), { ...waiting, rejectedBy: by } as unknown as Json, at, by);
      await append(tx, kind, { rejected: waiting.hash }, by, at);
      await openFault(tx, { ...faultOf(kind), reason: `What was changed was turned down by ${by} and does not hold` }, [], at);
    }
    return waiting;
  });
}

/** All that waits, with what it would take the place of. */
export async function waitingPolicies(
  tx: Tx,
): Promise<readonly { readonly kind: Kind; readonly name: string; readonly waiting: WaitingPolicy; readonly held: string }[]> {
  const found: { kind: Kind; name: string; waiting: WaitingPolicy; held: string }[] = [];
  for (const kind of Object.keys(kinds) as Kind[]) {
    const waiting = await waitingPolicy(tx, kind);
    if (waiting === null) continue;
    const text = await tx.settings.get(toleranceSetting);
    const held = kind === rulesSetting ? textOf((await readRuleTexts(tx, waiting.at)).files) : typeof text === 'string' ? text : '';
    found.push({ kind, name: kinds[kind], waiting, held });
  }
  return found;
}

async function hold(
  tx: Tx,
  kind: Kind,
  { text, value, by, hash }: WaitingPolicy,
  at: number,
  more: { readonly reviewedBySeal?: string },
): Promise<void> {
  await tx.settings.set(kind, value ?? text, at, by);
  await leave(tx, kind, { hash, ...more }, by, at);
}

/** Nothing waits any more. */
async function leave(tx: Tx, kind: Kind, data: { readonly [key: string]: string }, by: string, at: number): Promise<void> {
  if ((await waitingPolicy(tx, kind)) !== null) await tx.settings.set(waitingIn(kind), null, at, by);
  await append(tx, kind, data, by, at);
  const { what, name } = faultOf(kind);
  await closeFault(tx, what, name, at);
}

async function append(tx: Tx, kind: Kind, data: { readonly [key: string]: string | number }, by: string, at: number): Promise<void> {
  const bySeal = await sealPerson(tx, by);
  await tx.ledger.append({ format: 'jobzero.ledger/1', type: 'setting', subject: kind, at, data: { ...data, bySeal } });
}
