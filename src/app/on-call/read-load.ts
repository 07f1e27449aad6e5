import { type Load, loadOf, type PagePast, type PutAbout, type ShiftLoad } from '../../core/decide/on-call/load-of.ts';
import type { Put } from '../../core/decide/on-call/route-judgement.ts';
import { hashOf } from '../../core/lib/hash.ts';
import type { PageEvent } from '../../core/model/page.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { noChannels } from '../notify/read-channels.ts';
import { partsOf } from '../triage/question-of.ts';
import { putKind } from './follow-pages.ts';
import { type OnCallNow, onCallOf, usualLoad } from './on-call-settings.ts';
import { pageDocOf, pageKind, standingOf } from './page-item.ts';
import { talliesSince } from './tally.ts';

export interface LoadReport {
  /** Milliseconds since 1970. */
  readonly from: number;
  readonly until: number;
  readonly zone: string;
  readonly budget: number;
  readonly whole: Load;
  /** The latest first. */
  readonly shifts: readonly ShiftLoad[];
}

const most = 20_000;
const pageSize = 1_000;
const repeatMs = 30 * 86_400_000;

/** What the shifts of the last days brought to people, and what asked. */
export function readLoad({ store, tenant, clock }: Pick<ConsoleDeps, 'store' | 'tenant' | 'clock'>, lastMs: number): Promise<LoadReport> {
  return store.within(tenant, async (tx) => {
    const until = clock.now();
    const from = until - lastMs;
    const onCall = await onCallOf(tx);
    const { zone, shiftStart, budget } = onCall.settings ?? usualLoad;
    const put = await tx.items.list({ kind: putKind, since: from - repeatMs, limit: most });
    const pages = await tx.items.list({ kind: pageKind, since: from, limit: most });
    const open = await openFindings(tx, until);
    const facts = {
      puts: await Promise.all(put.map((item) => aboutPut(tx, item, open))),
      pages: pages.flatMap((item) => pastOf(item, onCall, until)),
      tallies: await talliesSince(tx, from),
      open: [...open.values()],
    };
    return { from, until, zone, budget, ...loadOf({ zone, shiftStart }, onCall.zones, { from, until }, facts, until) };
  });
}

/** When each finding came that is open now, or contained and not over. */
async function openFindings(tx: Tx, now: number): Promise<ReadonlyMap<string, number>> {
  const open = new Map<string, number>();
  for (let after: string | undefined; ; ) {
    const some = await tx.findings.openSince({ since: now, limit: pageSize, ...(after === undefined ? {} : { after }) });
    for (const { finding, spans } of some) if (spans[0] !== undefined && spans.at(-1)?.until === null) open.set(finding.id, spans[0].from);
    after = some.at(-1)?.finding.id;
    if (some.length < pageSize || after === undefined) return open;
  }
}

async function aboutPut(tx: Tx, { id, doc }: Item, open: ReadonlyMap<string, number>): Promise<PutAbout> {
  const { at, to, apart, defect = false } = doc as unknown as Put & { readonly defect?: boolean };
  const judgement = await tx.judgements.get(id);
  const parts = judgement === null ? null : partsOf(judgement);
  const finding = judgement === null ? null : ((await tx.findings.get(judgement.finding))?.finding ?? null);
  return {
    at,
    to,
    apart,
    defect,
    rule: finding?.rule.id ?? 'unknown',
    guardrails: judgement?.guardrails ?? [],
    about: finding === null ? id : hashOf([finding.rule.id, finding.group]),
    findings: parts === null ? 1 : parts.length,
    open: parts === null ? 0 : parts.filter((part) => open.has(part.finding)).length,
  };
}

function pastOf(item: Item, onCall: OnCallNow, now: number): readonly PagePast[] {
  if (item.state === 'held' || item.state === 'joined') return [];
  const { sent, events } = pageDocOf(item);
  // What was over before anybody was told is no load.
  const { begins, since, acknowledged } = standingOf(pageDocOf(item), onCall, noChannels, now);
  if (sent.length === 0 || !Number.isFinite(begins)) return [];
  const closed = events.flatMap((event: PageEvent) => (event.type === 'closed' && event.at > since ? [event.at] : []));
  const ended = closed.length === 0 ? null : Math.min(...closed);
  return [{ called: begins, taken: acknowledged?.at ?? ended, ended }];
}
