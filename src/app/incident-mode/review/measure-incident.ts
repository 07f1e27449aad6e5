import type { Put } from '../../../core/decide/on-call/route-judgement.ts';
import type { DeclaredIncident, IncidentEvent } from '../../../core/model/declared-incident.ts';
import type { Tx } from '../../../core/ports/store.ts';
import { queuedOf } from '../../notify/delivery.ts';
import { putKind } from '../../on-call/follow-pages.ts';
import { pageDocOf } from '../../on-call/page-item.ts';
import type { Chronicle } from '../chronicle.ts';
import { sentId } from '../send-what-was-said.ts';

/** When what happened; null for what did not, or is not known. Milliseconds since 1970. */
export interface Moments {
  /** The first event in the evidence. */
  readonly began: number | null;
  readonly detected: number | null;
  readonly decided: number | null;
  /** The first action that was seen to hold. */
  readonly acted: number | null;
  readonly called: number | null;
  readonly taken: number | null;
  readonly declared: number | null;
  /** As the commander said it. */
  readonly contained: number | null;
  readonly closed: number | null;
}

/** What it took of people. */
export interface Cost {
  readonly judgements: number;
  /** Of them, those that were counted apart from the load of the shift. */
  readonly apart: number;
  readonly answered: number;
  readonly pages: number;
  /** Messages that pages sent. */
  readonly calls: number;
  readonly responders: number;
  /** Minutes that people were in it, all together; until now for who has not left. */
  readonly presence: number;
  /** Messages to others, and how many of them are known not to have arrived. */
  readonly told: number;
  readonly undelivered: number;
}

export function momentsOf({ declaredAt, contained, closed }: DeclaredIncident, story: Chronicle): Moments {
  const pageEvents = story.pages.flatMap((item) => pageDocOf(item).events);
  const earliest = (times: readonly number[]) => (times.length === 0 ? null : times.reduce((a, b) => Math.min(a, b)));
  return {
    began: earliest(story.about.map(({ incident }) => incident.firstTime)),
    detected: earliest(story.findings.map(({ foundAt }) => foundAt)),
    decided: earliest(story.decisions.map(({ at }) => at)),
    acted: earliest(story.actions.flatMap(({ state, finishedAt }) => (state === 'verified' && finishedAt !== null ? [finishedAt] : []))),
    called: earliest(pageEvents.flatMap(({ type, at }) => (type === 'raised' ? [at] : []))),
    taken: earliest(pageEvents.flatMap(({ type, at }) => (type === 'acknowledged' ? [at] : []))),
    declared: declaredAt,
    contained: contained?.at ?? null,
    closed: closed?.at ?? null,
  };
}

export async function costOf(
  tx: Pick<Tx, 'tenant' | 'items'>,
  incident: DeclaredIncident,
  events: readonly IncidentEvent[],
  story: Chronicle,
  now: number,
): Promise<Cost> {
  let apart = 0;
  for (const { id } of story.judgements) {
    const put = await tx.items.get(putKind, id);
    if (put !== null && (put.doc as unknown as Put).apart) apart++;
  }
  let calls = 0;
  for (const page of story.pages) for (const id of pageDocOf(page).sent) if ((await tx.items.get('notification', id)) !== null) calls++;
  let told = 0;
  let undelivered = 0;
  for (const event of events)
    for (const address of event.type === 'told' ? event.addresses : []) {
      const item = await tx.items.get('notification', sentId(tx.tenant, incident.id, event.n, address));
      told++;
      if (item === null || item.state === 'failed' || item.state === 'unsure' || queuedOf(item).delivery?.doubt === true) undelivered++;
    }
  const until = incident.closed?.at ?? now;
  return {
    judgements: story.judgements.length,
    apart,
    answered: story.judgements.filter(({ answeredAt }) => answeredAt !== null).length,
    pages: story.pages.length,
    calls,
    responders: incident.responders.length,
    presence: Math.round(incident.responders.reduce((sum, one) => sum + Math.max(0, (one.leftAt ?? until) - one.joinedAt), 0) / 60_000),
    told,
    undelivered,
  };
}
