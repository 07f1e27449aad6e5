import type { Call, PageAt } from '../../core/decide/on-call/page-at.ts';
import { type Put, type Routed, routeJudgement } from '../../core/decide/on-call/route-judgement.ts';
import { idOf } from '../../core/lib/hash.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Address, Channels } from '../../core/model/channel.ts';
import type { Json } from '../../core/model/json.ts';
import type { Grave } from '../../core/model/page.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { isDeclared } from '../incident-mode/declared.ts';
import { sealedIds, sealPersons } from '../ledger/seals.ts';
import { openFault } from '../notify/automation-fault.ts';
import { queuedOf } from '../notify/delivery.ts';
import { queueNotification } from '../notify/queue-notification.ts';
import { type OnCallNow, onCallOf, usualLoad } from './on-call-settings.ts';
import { addEvent, livePageStates, type PageDoc, pageDocOf, pageIdOf, pageKind, putPage, standingOf, withoutFuture } from './page-item.ts';
import type { OnCallDeps } from './raise-pages.ts';
import { everybody, reachOf } from './reach.ts';

const mostAtOnce = 500;
/** The option that every page offers. */
export const acknowledgeOption = 'acknowledge';
/** A judgement that was put to somebody: the item has the judgement's id. */
export const putKind = 'judgement-put';
/** An incident that was grave suspends the budget for so long, unless it is closed before. */
const suspendedMs = 12 * 3_600_000;

/**
 * Takes the answers that have come, and tells whoever has to be told by now. What is told is queued in the transaction that writes it
 * down, under an id made of page, round, stage and address: it is told once, whoever does it and whoever dies over it.
 */
export async function followPages(deps: OnCallDeps): Promise<void> {
  const { store, tenant, clock } = deps;
  const channels = await deps.channels();
  const { answers, due } = await store.within(tenant, async (tx) => {
    const onCall = await onCallOf(tx);
    const open = await tx.items.list({ kind: pageKind, state: ['open'], limit: mostAtOnce });
    return {
      answers: (await tx.items.list({ kind: 'answer', state: ['waiting'], limit: mostAtOnce })).filter(isAcknowledgement),
      due: open.filter((item) => isDue(tenant, item, onCall, channels, clock.now())),
    };
  });
  for (const answer of answers)
    await store.within(tenant, async (tx) => takeAcknowledgement(tx, answer, await onCallOf(tx), channels, clock.now()));
  for (const { id } of due) await store.within(tenant, async (tx) => call(tx, id, await onCallOf(tx), channels, clock.now()));
}

/** A look before a unit of work of its own. */
function isDue(tenant: string, item: Item, onCall: OnCallNow, channels: Channels, now: number): boolean {
  const doc = withoutFuture(pageDocOf(item), now);
  const standing = standingOf(doc, onCall, channels, now);
  return standing.state === 'calling' && (unrouted(doc).length > 0 || dueOf(tenant, item.id, doc, standing, onCall, channels).length > 0);
}

function isAcknowledgement({ doc }: Item): boolean {
  return textAt(doc, 'option') === acknowledgeOption;
}

/** An answer to what was sent of this round, or of what was sent in its place, takes the page. Others say nothing of what there is now. */
async function takeAcknowledgement(tx: Tx, answer: Item, onCall: OnCallNow, channels: Channels, now: number): Promise<void> {
  if (!(await tx.items.move({ ...answer, state: 'taken', dueAt: null, at: now }, ['waiting']))) return;
  const notification = await tx.items.get('notification', textAt(answer.doc, 'notification') ?? '');
  const by = textAt(answer.doc, 'by');
  if (notification === null || by === null) return;
  const { id, instead, about } = queuedOf(notification);
  if (about.kind !== 'incident' && about.kind !== 'judgement' && about.kind !== 'automation' && about.kind !== 'clock') return;
  const page = await livePage(tx, pageIdOf(tx.tenant, { kind: about.kind, id: about.id }));
  if (page === null || !pageDocOf(page).sent.includes(instead ?? id)) return;
  await acknowledge(tx, page, by, textAt(answer.doc, 'channel') ?? '', onCall, channels, now);
}

/** The page of this id, or the one that it was joined into. */
async function livePage(tx: Tx, id: string): Promise<Item | null> {
  for (let item = await tx.items.get(pageKind, id), n = 0; item !== null && n < 20; n++) {
    const { into } = pageDocOf(item);
    if (into === null) return item;
    item = await tx.items.get(pageKind, into);
  }
  return null;
}

/** Somebody has taken a page: nobody else is told. False when it was over, or taken, before. */
export async function acknowledge(
  tx: Tx,
  item: Item,
  by: string,
  how: string,
  onCall: OnCallNow,
  channels: Channels,
  now: number,
): Promise<boolean> {
  if (item.state !== 'open') return false;
  const before = withoutFuture(pageDocOf(item), now);
  const { since } = standingOf(before, onCall, channels, now);
  const doc = await addEvent(tx, item.id, before, { type: 'acknowledged', at: Math.max(now, since + 1), by }, onCall, { how });
  await putPage(tx, item.id, doc, item.state, onCall, channels, Math.max(now, since + 1));
  return true;
}

async function call(tx: Tx, id: string, onCall: OnCallNow, channels: Channels, now: number): Promise<void> {
  const item = await tx.items.get(pageKind, id);
  if (item?.state !== 'open') return;
  const before = withoutFuture(pageDocOf(item), now);
  let doc = before;
  let standing = standingOf(doc, onCall, channels, now);
  if (standing.state !== 'calling') return;
  if (unrouted(doc).length > 0) {
    doc = await route(tx, doc, onCall, now);
    standing = standingOf(doc, onCall, channels, now);
  }
  const due = dueOf(tx.tenant, id, doc, standing, onCall, channels);
  if (due.length === 0 && doc === before) return;
  await tell(tx, id, doc, due, onCall, now);
  await putPage(tx, id, { ...doc, sent: [...doc.sent, ...due.map((one) => one.id)] }, item.state, onCall, channels, now);
}

/** Counts the questions of a page against the load of the shift; beyond the budget they go to the backup team, and that is a fault of the automation. */
async function route(tx: Tx, doc: PageDoc, onCall: OnCallNow, now: number): Promise<PageDoc> {
  const settings = onCall.settings ?? usualLoad;
  let first = doc.first;
  for (const judgement of unrouted(doc)) {
    if ((await tx.items.get(putKind, judgement)) !== null) continue;
    const lastDay = await tx.items.list({ kind: putKind, since: now - 2 * suspendedMs, limit: mostAtOnce });
    const before = lastDay.map((item) => item.doc as unknown as Put);
    const routed = routeJudgement(settings, onCall.zones, now, before, await isSuspended(tx, now));
    const to = routed.to === 'backup' && (onCall.settings?.backup.length ?? 0) === 0 ? 'engineer' : routed.to;
    if (doc.sent.length === 0 && to === 'backup') first = 'backup';
    const put = { ...routed, to: doc.sent.length === 0 ? to : 'engineer' };
    await tx.items.add({ kind: putKind, id: judgement, state: put.to, dueAt: null, at: now, doc: put as unknown as Json });
    if (routed.defect) await overBudget(tx, routed, settings.budget, now);
  }
  return { ...doc, first, routed: doc.judgements };
}

function unrouted({ judgements, routed }: PageDoc): readonly string[] {
  return judgements.filter((id) => !routed.includes(id));
}

/** While something grave is in somebody's hands, or an incident is declared, the load is counted apart. */
async function isSuspended(tx: Tx, now: number): Promise<boolean> {
  if (await isDeclared(tx)) return true;
  const live = await tx.items.list({ kind: pageKind, state: livePageStates, limit: mostAtOnce });
  return live.some((item) =>
    pageDocOf(item).events.some(
      (event) => (event.type === 'raised' || event.type === 'worse') && isAttack(event.grave) && event.at > now - suspendedMs,
    ),
  );
}

function isAttack(grave: Grave | null): boolean {
  return grave === 'data-loss' || grave === 'active-intruder';
}

async function overBudget(tx: Tx, { shift, nth }: Routed, budget: number, now: number): Promise<void> {
  const name = new Date(shift.from).toISOString();
  const reason = `Automation has asked ${nth} questions in the shift that began at ${name}, and ${budget} are what one engineer can judge`;
  await openFault(tx, { what: 'load', name, reason }, [], now);
}

/** A call that was not made yet, to one address. */
interface Due {
  readonly id: string;
  readonly call: Call;
  readonly address: Address;
}

/** What is due of a page and was not sent. Of several shifts that nobody was told in, the last one is. */
function dueOf(
  tenant: string,
  page: string,
  doc: PageDoc,
  { calls, since }: PageAt,
  { settings, failing }: OnCallNow,
  channels: Channels,
): readonly Due[] {
  const reach = reachOf(channels, settings?.channels ?? null);
  const [first] = calls;
  // That a channel fails is not told by that channel, where there is another.
  const told = (addresses: readonly Address[]) => {
    const working = addresses.filter(({ channel }) => !failing.has(channel));
    return doc.about.kind === 'automation' && working.length > 0 ? working : addresses;
  };
  const again = calls.findLast(({ stage }) => stage === 'again');
  return calls
    .filter((one) => one.stage !== 'again' || one === again)
    .flatMap((one) =>
      told(distinct([...addressesOf(one, reach, channels), ...(one === first ? (doc.fallback ?? []) : [])])).map((address) => ({
        id: idOf(tenant, pageKind, page, since, one.stage, one.stage === 'again' ? one.at : 0, address.channel, address.to),
        call: one,
        address,
      })),
    )
    .filter(({ id }) => !doc.sent.includes(id));
}

/** Queues what is due, with a leaf for each call. */
async function tell(tx: Tx, page: string, doc: PageDoc, due: readonly Due[], { hash, zones }: OnCallNow, now: number): Promise<void> {
  const { about, severity, title, path } = doc;
  const options = [{ id: acknowledgeOption, label: 'I am on it' }];
  for (const [one, group] of Map.groupBy(due, ({ call: made }) => made)) {
    for (const { id, address } of group)
      await queueNotification(tx, { id, kind: 'page', ...address, about, severity, title, text: textOf(doc, one), path, options }, now);
    await tx.ledger.append({
      format: 'jobzero.ledger/1',
      type: 'page',
      subject: page,
      at: now,
      data: {
        event: 'called',
        stage: one.stage,
        due: one.at,
        personSeals: one.persons === null ? null : await sealPersons(tx, one.persons),
        notifications: await sealedIds(
          tx,
          group.map(({ id }) => id),
        ),
        settings: hash,
        zones: zones.version,
      },
    });
  }
}

function addressesOf({ persons }: Call, reach: ReadonlyMap<string, readonly Address[]>, channels: Channels): readonly Address[] {
  return persons === null ? everybody(channels) : persons.flatMap((person) => reach.get(person) ?? []);
}

function distinct(addresses: readonly Address[]): readonly Address[] {
  const seen = new Set<string>();
  return addresses.filter(({ channel, to }) => {
    const key = JSON.stringify([channel, to]);
    return !seen.has(key) && seen.add(key);
  });
}

const whys: { readonly [S in Call['stage']]: string } = {
  engineer: '',
  backup: 'The engineer on call has not taken it. ',
  everyone: 'Nobody has taken it yet. ',
  again: 'It was here before your shift, and nobody has taken it. ',
};

function textOf({ text, first }: PageDoc, { stage }: Call): string {
  const why =
    stage === 'backup' && first === 'backup' ? 'The engineer on call has had as many questions as one shift may bring. ' : whys[stage];
  return `${why}${text}`;
}
