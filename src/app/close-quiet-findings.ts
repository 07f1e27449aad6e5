import { closeQuiet } from '../core/decide/close-quiet.ts';
import type { FindingState } from '../core/model/finding.ts';
import type { Playbook } from '../core/model/plan.ts';
import type { FindingRow, Tx } from '../core/ports/store.ts';
import { endFinding } from './end-finding.ts';
import { inHand } from './incident-in-hand.ts';
import { sealValue } from './ledger/seals.ts';
import { noteQuietClosed } from './quiet-closed.ts';
import { toleranceOf } from './tolerance-of.ts';
import { askedOf } from './triage/ask-about-incidents.ts';
import { isCutOff } from './triage/is-cut-off.ts';
import type { TriageDeps } from './triage/triage-deps.ts';

export type CloseQuietDeps = Pick<TriageDeps, 'store' | 'tenant' | 'clock' | 'playbooks'>;

const pageSize = 200;
const waiting: readonly FindingState[] = ['open', 'acknowledged'];

/**
 * Closes the findings that were watched or contained and after which nothing came for as long as tolerance says, each with its
 * reason and a leaf. The same stored state and time close the same. Returns how many it closed.
 */
export async function closeQuietFindings({ store, tenant, clock, playbooks }: CloseQuietDeps): Promise<number> {
  let closed = 0;
  for (const state of waiting) {
    for (let after: string | undefined; ; ) {
      const page = await store.within(tenant, async (tx) => {
        const rows = await tx.findings.list({ state, kind: 'detection', limit: pageSize, ...(after === undefined ? {} : { after }) });
        const { closeAfterDays } = await toleranceOf(tx);
        const asked = await askedOf(tx);
        let n = 0;
        for (const row of rows) if (await close(tx, playbooks, row, asked, clock.now(), closeAfterDays)) n++;
        return { last: rows.at(-1)?.finding.id, n };
      });
      closed += page.n;
      after = page.last;
      if (after === undefined) break;
    }
  }
  return closed;
}

async function close(
  tx: Tx,
  playbooks: readonly Playbook[],
  { finding, state, updatedAt }: FindingRow,
  asked: ReadonlySet<string>,
  at: number,
  afterDays: number,
): Promise<boolean> {
  const since = Math.max(updatedAt, finding.lastTime);
  // What was heard of lately needs no further reading: most is closed days after it came.
  if (at - since < afterDays * 86_400_000 || afterDays === 0) return false;
  const decided = (await tx.decisions.ofFinding(finding.id)).filter(({ revision }) => revision === finding.revision).at(-1);
  const [member] = await tx.incidents.members([finding.id]);
  const incident = member?.incident == null ? null : await tx.incidents.get(member.incident);
  const judged = incident === null ? null : await inHand(tx, incident.incident.id);
  const own = await tx.actions.list({ finding: finding.id, state: ['verified'], limit: 1 });
  const cutOff = incident !== null && (await isCutOff(tx, playbooks, incident.incident));
  const reason = closeQuiet(
    {
      kind: finding.kind,
      state,
      since,
      verdict: decided?.decision.verdict ?? null,
      contained: own.length > 0,
      cutOff,
      pages: incident?.incident.pages ?? false,
      judged: judged !== null,
      asked: asked.has(finding.id),
    },
    at,
    afterDays,
  );
  if (reason === null) return false;
  await endFinding(tx, finding, 'resolved', at, 'automation', reason);
  await noteQuietClosed(tx, finding.id, at);
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'finding',
    subject: finding.id,
    at,
    data: { event: 'resolved', revision: finding.revision, quietSince: since, reasonSeal: await sealValue(tx, reason) },
  });
  return true;
}
