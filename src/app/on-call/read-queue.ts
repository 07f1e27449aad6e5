import { causeOf } from '../../core/decide/on-call/one-cause.ts';
import { type Severity, severityIds } from '../../core/model/severity.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { incidentsOf, listDeclared } from '../incident-mode/declared.ts';
import { pressingClocks } from '../incident-mode/pressing-clocks.ts';
import { changeWords } from '../judge/change-words.ts';
import { proposalKind, proposalOf } from '../judge/proposals.ts';
import { faultKind, faultOf } from '../notify/automation-fault.ts';
import { noChannels } from '../notify/read-channels.ts';
import { partsOf } from '../triage/question-of.ts';
import { type OnCallNow, onCallOf } from './on-call-settings.ts';
import { pageDocOf, pageIdOf, pageKind, standingOf } from './page-item.ts';

/** The page of an entry, as far as there is one. */
export interface PageView {
  readonly id: string;
  /** `quiet`: it waits for the morning. `held`: automation still decides. */
  readonly state: 'held' | 'quiet' | 'calling' | 'acknowledged' | 'closed';
  readonly begins: number | null;
  readonly by: string | null;
}

/** Something that a person has to take. */
export interface QueueEntry {
  readonly kind: 'automation' | 'judgement' | 'incident';
  readonly id: string;
  readonly severity: Severity;
  readonly title: string;
  /** Why it is here. */
  readonly reason: string;
  /** What mends it: of faults of the automation. */
  readonly fix: string | null;
  readonly path: string;
  readonly since: number;
  readonly page: PageView | null;
}

const most = 500;

/** What the engineer has to do, in the order of doing it: the automation itself, judgements, incidents; each the gravest and oldest first. */
export function readQueue({ store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>): Promise<readonly QueueEntry[]> {
  return store.within(tenant, async (tx) => {
    const now = clock.now();
    const onCall = await onCallOf(tx);
    const faults = await tx.items.list({ kind: faultKind, state: ['open'], limit: most });
    const judgements = await tx.judgements.list({ state: 'waiting', limit: most });
    const incidents = await tx.incidents.list({ pages: true, isOpen: true, limit: most });
    const proposed = await incidentsOf(tx, await listDeclared(tx, ['proposed']));
    const entries: QueueEntry[] = [];
    for (const item of faults) {
      const { title, reason, fix, path, severity, since } = faultOf(item);
      const page = await pageOf(tx, { kind: 'automation', id: causeOf(item.id) }, onCall, now);
      entries.push({ kind: 'automation', id: item.id, severity, title, reason, fix, path, since, page });
    }
    for (const judgement of judgements) {
      const rows = await Promise.all(partsOf(judgement).map(({ finding }) => tx.findings.get(finding)));
      const found = rows.flatMap((row) => (row === null ? [] : [row.finding]));
      const severity = found.reduce<Severity>((a, one) => (severityIds[one.severity] > severityIds[a] ? one.severity : a), 'Informational');
      const row = judgement.incident == null ? null : await tx.incidents.get(judgement.incident);
      const about =
        row === null ? ({ kind: 'judgement', id: judgement.id } as const) : ({ kind: 'incident', id: row.incident.id } as const);
      entries.push({
        kind: 'judgement',
        id: judgement.id,
        severity,
        title: judgement.question,
        // Never what is recommended: who judges says first what it is.
        reason: found[0]?.message ?? '',
        fix: null,
        path: `/findings/${judgement.finding}`,
        since: judgement.askedAt,
        page: await pageOf(tx, about, onCall, now),
      });
    }
    for (const { incident } of incidents) {
      const page = await pageOf(tx, { kind: 'incident', id: incident.id }, onCall, now);
      const { id, severity, title, why, firstTime } = incident;
      entries.push({
        kind: 'incident',
        id,
        severity,
        title,
        reason: why.join(' '),
        fix: proposed.has(id) ? proposedFix : null,
        path: `/incidents/${id}`,
        since: firstTime,
        page,
      });
    }
    for (const { id, severity, title, text, path, since } of await pressingClocks(tx, now)) {
      const page = await pageOf(tx, { kind: 'clock', id }, onCall, now);
      entries.push({ kind: 'incident', id, severity, title, reason: text, fix: clockFix, path, since, page });
    }
    for (const item of await tx.items.list({ kind: proposalKind, state: ['proposed'], limit: most })) {
      const { question, changes, reviewFrom } = proposalOf(item);
      // What somebody else may review by now; it lapses, and the same is asked again.
      if (now < reviewFrom) continue;
      const reason = changes.map(changeWords).join(' ');
      const title = `To review: ${question}`;
      entries.push({
        kind: 'automation',
        id: item.id,
        severity: 'Low',
        title,
        reason,
        fix: reviewFix,
        path: '/proposals',
        since: reviewFrom,
        page: null,
      });
    }
    return entries.sort(
      (a, b) =>
        ranks[a.kind] - ranks[b.kind] || severityIds[b.severity] - severityIds[a.severity] || a.since - b.since || (a.id < b.id ? -1 : 1),
    );
  });
}

const proposedFix = 'Automation proposes to declare it: "jobzero incident declare ID", or dismiss the proposal.';
const reviewFix = 'Somebody who has not judged it: "jobzero proposals adopt ID", or reject ID.';
const clockFix = 'Report, then say so: "jobzero incident clock met"; or that it does not apply: "jobzero incident clock waive".';

const ranks = { automation: 0, judgement: 1, incident: 2 } as const;

async function pageOf(tx: Tx, about: Parameters<typeof pageIdOf>[1], onCall: OnCallNow, now: number): Promise<PageView | null> {
  const item = await tx.items.get(pageKind, pageIdOf(tx.tenant, about));
  return item === null || item.state === 'joined' ? null : viewOf(item, onCall, now);
}

function viewOf(item: Item, onCall: OnCallNow, now: number): PageView {
  const doc = pageDocOf(item);
  if (item.state === 'held') return { id: item.id, state: 'held', begins: null, by: null };
  const { state, begins, acknowledged } = standingOf(doc, onCall, noChannels, now);
  return { id: item.id, state, begins: Number.isFinite(begins) ? begins : null, by: acknowledged?.by ?? null };
}
