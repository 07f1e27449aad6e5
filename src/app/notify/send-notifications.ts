import { toAsff } from '../../core/findings/export/asff.ts';
import { toOcsf } from '../../core/findings/export/ocsf.ts';
import type { ChannelSettings } from '../../core/model/channel.ts';
import type { Json } from '../../core/model/json.ts';
import type { Notification } from '../../core/model/notification.ts';
import type { Letter, Sent } from '../../core/ports/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Store, Tx } from '../../core/ports/store.ts';
import { sealedId, sealValue } from '../ledger/seals.ts';
import { closeFault, openFault } from './automation-fault.ts';
import { triedFor, waitAfter } from './back-off.ts';
import { channelState, noteFailure, noteSuccess } from './channel-state.ts';
import { type Delivery, insteadId, type Queued, queuedOf } from './delivery.ts';
import { exportedOf, isOver, putExported, type Version } from './exported-finding.ts';
import { linkOf } from './link-of.ts';
import type { OpenChannels } from './open-channels.ts';
import { testFinding } from './test-finding.ts';

export interface SendDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  /** Tells this sender from all others, also from one before it. */
  readonly worker: string;
  readonly channels: () => Promise<OpenChannels>;
}

/** Longer than any channel waits for an answer: who has it longer than this is dead. */
export const leaseMs = 90_000;
const looked = 1_000;
const atOnce = 4;
/** So many failures in a row are a fault of the channel, and not of a moment. */
const failuresOfAFault = 3;
const kind = 'notification';

export interface NotificationSender {
  /** Begins to send what is due; a channel that is slow holds up no other. */
  round(): Promise<void>;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
}

/**
 * Sends what waits in the queue. Any number of workers may do this at once: a notification is taken in a transaction, with
 * a lease, and what became of it is written in another, with its leaf of the ledger. A worker that dies in between leaves
 * it in doubt, which its channel is told: docs/decisions/180-once-where-the-receiver-can-tell.md.
 */
export function notificationSender(deps: SendDeps, onError: (error: unknown) => void): NotificationSender {
  const running = new Map<string, Promise<void>>();
  return {
    async round() {
      const now = deps.clock.now();
      const due = await within(deps, (tx) => tx.items.list({ kind, state: ['waiting', 'sending'], dueBy: now, limit: looked }));
      for (const [name, items] of Map.groupBy(due, (item) => queuedOf(item).channel)) {
        if (running.has(name)) continue;
        const work = sendAll(deps, inOrder(items))
          .catch(onError)
          .finally(() => void running.delete(name));
        running.set(name, work);
      }
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values());
    },
  };
}

const ranks: { readonly [K in Notification['kind']]: number } = { page: 0, ask: 1, canary: 2, note: 3, ticket: 4, finding: 5 };

/** Pages go before all else. */
function inOrder(items: readonly Item[]): readonly Item[] {
  return [...items].sort((a, b) => ranks[queuedOf(a).kind] - ranks[queuedOf(b).kind]);
}

/** Sends through one channel, some at once. After a failure that is the channel's, the rest is put off, so that it holds up nobody. */
async function sendAll(deps: SendDeps, items: readonly Item[]): Promise<void> {
  let next = 0;
  let troubled = false;
  const one = async () => {
    for (let item = items[next]; item !== undefined && !troubled; item = items[next]) {
      next++;
      if ((await sendOne(deps, item.id)) === 'later') troubled = true;
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, one));
  if (troubled) await putOff(deps, items.slice(next));
}

/** The longer the channel has been failing, the longer. */
async function putOff(deps: SendDeps, items: readonly Item[]): Promise<void> {
  const now = deps.clock.now();
  await within(deps, async (tx) => {
    for (const { id } of items) {
      const item = await tx.items.get(kind, id);
      if (item?.state !== 'waiting' || item.dueAt === null || item.dueAt > now) continue;
      const queued = queuedOf(item);
      const { failures } = await channelState(tx, queued.channel);
      await tx.items.move({ ...item, dueAt: now + waitAfter(Math.max(1, failures), queued) }, ['waiting']);
    }
  });
}

/** Sends one, if it is due and nobody has it. What became of it; null when it was not ours to send. */
export async function sendOne(deps: SendDeps, id: string): Promise<Sent['outcome'] | null> {
  const taken = await take(deps, id);
  if (taken === null) return null;
  const { channels, queued, delivery } = taken;
  const open = channels.channel(queued.channel);
  let sent: Sent;
  let version: Version | null = null;
  if (open === null) sent = { outcome: 'later', reason: `channels.yml has no channel ${queued.channel}`, afterMs: null, doubt: false };
  else {
    const link = linkOf(channels.settings, queued.path);
    const { document, version: is, change } = await documentOf(deps, queued, open.settings);
    version = is;
    const { delivery: _, instead: __, ...notification } = queued;
    const letter = { notification, link, at: deps.clock.now(), doubt: delivery.doubt, document };
    sent = await open.channel.send(change === null ? letter : { ...letter, change });
  }
  await note(deps, channels, id, delivery, sent, version);
  return sent.outcome;
}

async function take(deps: SendDeps, id: string) {
  const channels = await deps.channels();
  return within(deps, async (tx) => {
    const now = deps.clock.now();
    const item = await tx.items.get(kind, id);
    if (item === null || (item.state !== 'waiting' && item.state !== 'sending') || item.dueAt === null || item.dueAt > now) return null;
    const queued = queuedOf(item);
    const before = queued.delivery;
    const delivery: Delivery = {
      attempts: (before?.attempts ?? 0) + 1,
      since: before?.since ?? now,
      worker: deps.worker,
      // It was being sent, and nobody wrote what became of it.
      doubt: item.state === 'sending' || before?.doubt === true,
      reason: before?.reason ?? '',
      ref: '',
    };
    const doc = { ...queued, delivery } as unknown as Json;
    return (await tx.items.move({ ...item, state: 'sending', at: now, dueAt: now + leaseMs, doc }, [item.state]))
      ? { channels, queued, delivery }
      : null;
  });
}

interface Printed {
  readonly document: Json;
  /** Which version of the finding that is; null where it is no finding. */
  readonly version: Version | null;
  /** What changed since the version that the receiver has; null where it has none. */
  readonly change: NonNullable<Letter['change']> | null;
}

/** The finding as the other system reads it, with its life as it is now. */
async function documentOf(deps: SendDeps, { about, kind: what, to, channel }: Queued, settings: ChannelSettings): Promise<Printed> {
  const none: Printed = { document: null, version: null, change: null };
  if (settings.kind !== 'security-hub' && settings.kind !== 'ocsf-sink') return none;
  const asff = settings.kind === 'security-hub' || settings.format === 'asff';
  if (what === 'canary') {
    const finding = testFinding(deps.tenant, to === '' ? settings.to : to, deps.clock.now());
    return { ...none, document: asff ? toAsff(finding, 'resolved') : toOcsf(finding, 'resolved') };
  }
  if (about.kind !== 'finding') return none;
  const { row, exported } = await within(deps, async (tx) => ({
    row: await tx.findings.get(about.id),
    exported: await exportedOf(tx, channel, about.id),
  }));
  if (row === null) return none;
  const { finding, state, updatedAt } = row;
  const version = { revision: finding.revision, state };
  const before = exported?.accepted ?? null;
  const change = before === null ? null : isOver(version) ? 'ended' : isOver(before) ? 'back' : 'goes-on';
  const document = asff ? toAsff(finding, state, updatedAt) : toOcsf(finding, state, change === null ? undefined : updatedAt);
  return { document, version, change };
}

/** Writes what became of a try, unless somebody else has it meanwhile; that it arrived counts whoever has it. */
function note(deps: SendDeps, channels: OpenChannels, id: string, mine: Delivery, sent: Sent, version: Version | null): Promise<void> {
  return within(deps, async (tx) => {
    const now = deps.clock.now();
    const item = await tx.items.get(kind, id);
    if (item?.state !== 'sending') return;
    const queued = queuedOf(item);
    const held = queued.delivery ?? mine;
    const isMine = held.worker === mine.worker && held.attempts === mine.attempts;
    if (!isMine && sent.outcome !== 'accepted') return;

    const end = async (state: 'sent' | 'failed' | 'unsure', change: Partial<Delivery>) => {
      const doc = { ...queued, delivery: { ...held, ...change } } as unknown as Json;
      await tx.items.move({ ...item, state, at: now, dueAt: null, doc }, ['sending']);
      await leaf(tx, queued, state, held.attempts, now);
      const exported = version === null ? null : await exportedOf(tx, queued.channel, queued.about.id);
      if (exported?.last === id)
        await putExported(tx, { ...exported, tried: version, accepted: state === 'sent' ? version : exported.accepted }, now);
    };
    switch (sent.outcome) {
      case 'accepted':
        await end('sent', { ref: sent.ref, reason: '' });
        if (await noteSuccess(tx, queued.channel, now)) await closeFault(tx, 'channel', queued.channel, now);
        return;
      case 'unsure':
        return end('unsure', { reason: sent.reason });
      case 'refused':
        await end('failed', { reason: sent.reason });
        return failed(tx, channels, queued, sent.reason, true, now);
      case 'later': {
        const dueAt = now + Math.max(sent.afterMs ?? 0, waitAfter(held.attempts, queued));
        const change = { reason: sent.reason, doubt: held.doubt || sent.doubt };
        const isOver = dueAt - held.since > triedFor(queued.kind);
        if (isOver) await end('failed', change);
        else {
          const doc = { ...queued, delivery: { ...held, ...change } } as unknown as Json;
          await tx.items.move({ ...item, state: 'waiting', at: now, dueAt, doc }, ['sending']);
        }
        return failed(tx, channels, queued, sent.reason, isOver || held.attempts >= failuresOfAFault, now);
      }
      default:
        return sent satisfies never;
    }
  });
}

/** Notes the channel's failure, opens its fault when it is one, and sends a page by the channels that stand in. */
async function failed(tx: Tx, channels: OpenChannels, queued: Queued, reason: string, grave: boolean, now: number): Promise<void> {
  const failures = await noteFailure(tx, queued.channel, reason, now);
  // Who asked for a test sees what became of it.
  if (queued.kind === 'canary') return;
  const fallback = channels.channel(queued.channel)?.settings.fallback ?? [];
  if (grave || failures >= failuresOfAFault) await openFault(tx, { what: 'channel', name: queued.channel, reason }, fallback, now);
  if (!grave || queued.kind !== 'page' || queued.instead !== undefined) return;
  for (const { channel, to } of fallback) {
    const { delivery: _, ...page } = queued;
    const text = `Channel ${queued.channel} does not deliver, so this comes here. ${page.text}`;
    const id = insteadId(tx.tenant, queued.id, { channel, to });
    const doc = { ...page, id, channel, to, text, instead: queued.id } as unknown as Json;
    await tx.items.add({ kind, id, state: 'waiting', dueAt: now, at: now, doc });
  }
}

/** Whom it was for is sealed, and so is its id, which is made of the address. */
async function leaf(tx: Tx, queued: Queued, outcome: string, attempts: number, at: number): Promise<void> {
  const { id, channel, about, to } = queued;
  await tx.ledger.append({
    format: 'jobzero.ledger/1',
    type: 'notification',
    subject: await sealedId(tx, id),
    at,
    data: {
      outcome,
      kind: queued.kind,
      channel,
      about: { kind: about.kind, id: await sealedAbout(tx, about) },
      attempts,
      toSeal: await sealValue(tx, to),
    },
  });
}

/** Ids of questions and digests are made of a person's name, as their own leaves have them. */
async function sealedAbout(tx: Tx, { kind, id }: Queued['about']): Promise<string> {
  return kind === 'question' || kind === 'digest' ? sealedId(tx, id) : id;
}

function within<T>({ store, tenant }: SendDeps, work: (tx: Tx) => Promise<T>): Promise<T> {
  return store.within(tenant, work);
}
