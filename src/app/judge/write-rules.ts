import { draftFilter, draftWatch } from '../../core/decide/draft-rule.ts';
import { findLess } from '../../core/detect/sigma/find-less.ts';
import { joinRules } from '../../core/detect/sigma/join-rules.ts';
import { loadRules, type ParsedRules } from '../../core/detect/sigma/parse-rules.ts';
import type { Json } from '../../core/model/json.ts';
import type { Rule, RuleFault } from '../../core/model/rule.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import { readRuleTexts, rulesInForce } from '../rules-of.ts';
import { caseKind, caseOf } from './cases.ts';
import { investigationHunch } from './investigations.ts';
import { type Proposal, proposalKind, proposalLeaf, proposalOf } from './proposals.ts';

export type Written =
  | { readonly outcome: 'unknown' }
  | { readonly outcome: 'not-now'; readonly state: string }
  | { readonly outcome: 'refused'; readonly faults: readonly RuleFault[] }
  | { readonly outcome: 'written'; readonly rules: number; readonly filters: number };

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'rules'>;

/** What such rules are called in messages: there is no file. */
export const writtenFile = 'rules';
const longest = 50_000;
const mostUnits = 20;

/**
 * Puts Sigma rules or filters to a proposal, in place of those that somebody wrote before. They hold nowhere: a worker tries them on history, and another
 * person reviews them. Who wrote them does not review them.
 */
export async function writeRules(deps: Deps, id: string, by: string, text: string): Promise<Written> {
  const own = (await deps.rules?.()) ?? [];
  return deps.store.within(deps.tenant, async (tx): Promise<Written> => {
    const item = await tx.items.get(proposalKind, id);
    if (item === null) return { outcome: 'unknown' };
    if (item.state !== 'proposed' && item.state !== 'new') return { outcome: 'not-now', state: item.state };
    const at = deps.clock.now();
    const loaded = loadRules([{ file: writtenFile, text: text.slice(0, longest + 1) }]);
    const faults = await faultsOf(tx, own, loaded, text, at);
    if (faults.length > 0) return { outcome: 'refused', faults };
    const proposal = proposalOf(item);
    const doc: Proposal = {
      ...proposal,
      by: [...new Set([...proposal.by, by])],
      written: { text, by, at, narrows: findLess(own, [], [{ file: writtenFile, text }]).length > 0 },
      backtest: null,
    };
    await tx.items.move({ ...item, state: 'new', dueAt: at, at, doc: doc as unknown as Json }, [item.state]);
    await proposalLeaf(tx, id, 'written', at, { textSeal: await sealValue(tx, text), bySeal: await sealPerson(tx, by) });
    return { outcome: 'written', rules: loaded.rules.length, filters: loaded.filters.length };
  });
}

async function faultsOf(tx: Tx, own: readonly Rule[], loaded: ParsedRules, text: string, at: number): Promise<readonly RuleFault[]> {
  const fault = (reason: string, line = 1): RuleFault => ({ file: writtenFile, line, reason });
  if (text.length > longest) return [fault(`longer than ${longest} characters`)];
  const n = loaded.rules.length + loaded.filters.length;
  if (loaded.faults.length > 0) return loaded.faults;
  if (n === 0 || n > mostUnits) return [fault(`${n === 0 ? 'there is no rule' : `more than ${mostUnits} rules`}`)];
  const wide = loaded.filters.find(({ rules }) => rules === 'any');
  if (wide !== undefined) return [fault('a filter of any rule is too wide to follow from one judgement: name the rules', wide.line)];
  const inForce = rulesInForce(own, await readRuleTexts(tx, at), new Map()).rules;
  return joinRules(inForce, loaded, 'replace').faults;
}

/** A text to begin with: a filter for what was ordinary work, a rule for what a hunch was about. Null where neither can be made of what is known. */
export function draftRules(deps: Pick<Deps, 'store' | 'tenant'>, id: string): Promise<string | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const item = await tx.items.get(proposalKind, id);
    if (item === null) return null;
    const proposal = proposalOf(item);
    if (proposal.written !== undefined) return proposal.written.text;
    const hunch = await investigationHunch(tx, proposal.case);
    if (hunch !== null) return proposal.nature === 'benign' ? null : draftWatch(hunch);
    const judged = await tx.items.get(caseKind, proposal.case);
    const finding = judged === null ? null : await tx.findings.get(caseOf(judged).finding);
    return finding === null || proposal.nature !== 'benign' ? null : draftFilter(finding.finding);
  });
}
