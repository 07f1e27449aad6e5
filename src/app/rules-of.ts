import { joinRules } from '../core/detect/sigma/join-rules.ts';
import { loadRules, type RuleFile } from '../core/detect/sigma/parse-rules.ts';
import type { Json } from '../core/model/json.ts';
import type { Lists, Rule, RuleFault } from '../core/model/rule.ts';
import type { Tx } from '../core/ports/store.ts';

/** What two persons made of a judgement: rules or filters, and which proposal they came from. */
export interface AdoptedRules {
  readonly proposal: string;
  readonly file: RuleFile;
  /** Milliseconds since 1970; what only adds holds until it is taken back: null. */
  readonly until: number | null;
}

/** The installation's rules beside our own: Sigma rules, correlations and filters. */
export interface RuleTexts {
  /** Those of the home's folder `rules`. */
  readonly files: readonly RuleFile[];
  /** Those that were adopted from judgements, and hold now. */
  readonly adopted: readonly AdoptedRules[];
}

export const noRuleTexts: RuleTexts = { files: [], adopted: [] };

/** The names of the settings; their histories are those of the rules. */
export const rulesSetting = 'rules';
const adoptedName = 'rules/adopted';

export async function readRuleTexts(tx: Tx, at: number): Promise<RuleTexts> {
  const files = (await tx.settings.get(rulesSetting)) as { readonly files?: readonly RuleFile[] } | null;
  return { files: files?.files ?? [], adopted: (await readAdoptedRules(tx)).filter(({ until }) => until === null || until > at) };
}

/** What was adopted and not taken back, with what has ended. */
export async function readAdoptedRules(tx: Tx): Promise<readonly AdoptedRules[]> {
  const adopted = (await tx.settings.get(adoptedName)) as { readonly adopted?: readonly AdoptedRules[] } | null;
  return adopted?.adopted ?? [];
}

/** Writes what is adopted from now on, without what has ended. The leaf is the caller's. */
export async function writeAdoptedRules(tx: Tx, adopted: readonly AdoptedRules[], at: number, by: string): Promise<Json> {
  const value = { adopted: adopted.filter(({ until }) => until === null || until > at) } as unknown as Json;
  await tx.settings.set(adoptedName, value, at, by);
  return value;
}

/** Our own rules with those of the installation: one of the same UUID takes the place of ours, filters narrow whatever they name. */
export function rulesInForce(
  own: readonly Rule[],
  { files, adopted }: RuleTexts,
  lists: Lists,
): { readonly rules: readonly Rule[]; readonly faults: readonly RuleFault[] } {
  const all = [...files, ...adopted.map(({ file }) => file)];
  return all.length === 0 ? { rules: own, faults: [] } : joinRules(own, loadRules(all, { lists }), 'replace');
}
