import type { AccountIndex } from '../../core/decide/about/account-index.ts';
import { exemptionOf } from '../../core/decide/exemption-of.ts';
import { riskParts } from '../../core/decide/risk.ts';
import { lossOf } from '../../core/decide/risks/loss-of.ts';
import { type RiskItem, type RiskRow, riskRegister } from '../../core/decide/risks/risk-register.ts';
import { RiskTrend, type TrendDay } from '../../core/decide/risks/risk-trend.ts';
import { unitOf } from '../../core/decide/unit-of.ts';
import { weaknessOf } from '../../core/lib/weakness-of.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Treatment } from '../../core/model/risk.ts';
import type { Exemption, Tolerance } from '../../core/model/tolerance.ts';
import type { DecisionRow, OpenSpans, Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { accountOf, type Tagged, tagsOf } from '../triage/about-finding.ts';
import { questionsWaiting } from '../triage/ask-actor.ts';
import { partsOf } from '../triage/question-of.ts';

export interface Risks {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The gravest first. */
  readonly risks: readonly RiskRow[];
  /** The oldest day first. */
  readonly trend: readonly TrendDay[];
  /** Names of the parts of the business, as the tolerance has them. */
  readonly units: readonly string[];
}

export interface RisksChoice {
  readonly account?: string;
  /** The name of a part of the business. */
  readonly unit?: string;
  /** Of the trend. */
  readonly days: number;
}

type RisksDeps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>;

const page = 500;
const mostTreated = 20_000;
const mostAccepted = 2_000;

/**
 * The risk register and its trend, as stored findings, their lives and their last decisions tell. Parts of the business and owners are those of now:
 * by the tolerance that holds, and the tags of the last snapshots. Read page by page, each in a unit of work of its own.
 */
export async function readRisks({ store, tenant, clock }: RisksDeps, { account, unit, days }: RisksChoice): Promise<Risks> {
  const at = clock.now();
  const within = <T>(work: (tx: Tx) => Promise<T>) => store.within(tenant, work);
  const { tolerance, treated } = await within(async (tx) => ({ tolerance: await toleranceOf(tx), treated: await treatedNow(tx) }));
  const owners = ownersBy(within, tolerance);
  const trend = new RiskTrend(at, days);
  const items: RiskItem[] = [];
  for (let after: string | undefined; ; ) {
    const rows = await within((tx) =>
      tx.findings.openSince({
        since: trend.since,
        limit: page,
        ...(account === undefined ? {} : { account }),
        ...(after === undefined ? {} : { after }),
      }),
    );
    const now = rows.filter(({ spans }) => spans.at(-1)?.until === null);
    const decisions = await within((tx) => lastDecisions(tx, now));
    for (const row of rows) {
      const { finding, spans } = row;
      const of = await owners(finding);
      if (unit !== undefined && of.unit !== unit) continue;
      trend.add({ severity: finding.severity, unit: of.unit, spans });
      const last = spans.at(-1);
      if (last?.until !== null) continue;
      const exemption = exemptionOf(finding, at, tolerance, weaknessOf(finding)?.control);
      items.push(
        itemOf(finding, decisions.get(finding.id), of, last.from, exemption, exemption === null ? treated(finding.id) : 'accepted'),
      );
    }
    after = rows.at(-1)?.finding.id;
    if (rows.length < page) break;
  }
  const known = new Set(items.map(({ finding }) => finding));
  for (const { finding, decision, exemption, since } of await within((tx) => acceptedNow(tx, tolerance, at, account))) {
    const of = await owners(finding);
    if (known.has(finding.id) || (unit !== undefined && of.unit !== unit)) continue;
    items.push(itemOf(finding, decision, of, since, exemption, 'accepted'));
  }
  return { at, risks: riskRegister(items), trend: trend.days(), units: tolerance.units.map(({ name }) => name) };
}

function itemOf(
  finding: Finding,
  decision: DecisionRow | undefined,
  { unit, owner }: { readonly unit: string | null; readonly owner: string | null },
  since: number,
  exemption: Exemption | null,
  treatment: Treatment,
): RiskItem {
  const { id, account, rule, severity } = finding;
  const { likelihood, impact } = decision?.decision ?? {};
  // A decision of before tells the product only, and what is not decided yet neither.
  const parts = likelihood === undefined || impact === undefined ? riskParts(finding, { offers: [] }, 0) : { likelihood, impact };
  return {
    finding: id,
    title: rule.title,
    severity,
    unit,
    account,
    loss: lossOf(finding),
    ...parts,
    owner,
    since,
    treatment,
    ...(exemption === null
      ? {}
      : { acceptance: { rule: exemption.rule, owner: exemption.owner, reason: exemption.reason, expires: exemption.expires } }),
  };
}

async function lastDecisions(tx: Tx, rows: readonly OpenSpans[]): Promise<ReadonlyMap<string, DecisionRow>> {
  return new Map((await tx.decisions.lastOf(rows.map(({ finding }) => finding.id))).map((row) => [row.finding, row]));
}

/** How far a finding is treated: by what automation has done and verified, and by whom is asked. */
async function treatedNow(tx: Tx): Promise<(finding: string) => Treatment> {
  const actions = await tx.actions.list({ state: ['planned', 'running', 'verified'], limit: mostTreated });
  const mitigated = new Set(actions.filter(({ state }) => state === 'verified').map(({ finding }) => finding));
  const waiting = new Set(actions.filter(({ state }) => state !== 'verified').map(({ finding }) => finding));
  for (const judgement of await tx.judgements.list({ state: 'waiting', limit: mostTreated }))
    for (const { finding } of partsOf(judgement)) waiting.add(finding);
  for (const { finding } of await questionsWaiting(tx)) waiting.add(finding);
  return (finding) => (waiting.has(finding) ? 'waiting' : mitigated.has(finding) ? 'mitigated' : 'open');
}

/** What was closed because tolerance accepts it, and is still accepted. */
async function acceptedNow(
  tx: Tx,
  tolerance: Tolerance,
  at: number,
  account: string | undefined,
): Promise<
  readonly { readonly finding: Finding; readonly decision: DecisionRow; readonly exemption: Exemption; readonly since: number }[]
> {
  const found = new Map<string, { finding: Finding; decision: DecisionRow; exemption: Exemption; since: number }>();
  for (const one of tolerance.exemptions) {
    const where = account ?? one.account;
    if (at >= one.expires || (one.account !== undefined && one.account !== where)) continue;
    const filter = { rule: one.rule, state: 'resolved', limit: mostAccepted } as const;
    const rows = await tx.findings.list(where === undefined ? filter : { ...filter, account: where });
    for (const decision of await tx.decisions.lastOf(rows.map(({ finding }) => finding.id))) {
      const finding = rows.find((row) => row.finding.id === decision.finding)?.finding;
      const exemption = finding === undefined ? null : exemptionOf(finding, at, tolerance, weaknessOf(finding)?.control);
      if (finding === undefined || exemption === null || !decision.decision.guardrails.includes('exempted')) continue;
      found.set(finding.id, { finding, decision, exemption, since: (await tx.findings.life(finding.id))[0]?.at ?? decision.at });
    }
  }
  return [...found.values()];
}

type Owned = { readonly unit: string | null; readonly owner: string | null };

/** To which part of the business a finding belongs, and to whom: snapshots are read once each. */
function ownersBy(within: <T>(work: (tx: Tx) => Promise<T>) => Promise<T>, tolerance: Tolerance): (finding: Finding) => Promise<Owned> {
  const accounts = new Map<string, Promise<Tagged>>();
  return async (finding) => {
    const { account } = finding;
    let read = accounts.get(account);
    if (read === undefined) {
      read = within((tx) => accountOf(tx, account)).then(tagged);
      accounts.set(account, read);
    }
    const tags = tagsOf(finding, await read);
    const tag = tolerance.ownerTags.find((key) => Object.hasOwn(tags, key) && tags[key] !== '');
    return { unit: unitOf(tolerance, account, tags), owner: tag === undefined ? null : (tags[tag] ?? null) };
  };
}

/** Of a snapshot only what bears tags: all accounts are held at once. */
function tagged(account: AccountIndex | null): Tagged {
  const some = [...(account?.byUid ?? [])].filter(([, { tags }]) => Object.keys(tags).length > 0);
  return { byUid: new Map(some.map(([uid, { tags }]) => [uid, { tags }])) };
}
