import { Buffer } from 'node:buffer';
import { type Root, whyOutside } from '../core/collect/delivery/fence.ts';
import { type NamedObject, readMessage } from '../core/collect/delivery/read-message.ts';
import { sha256 } from '../core/lib/hash.ts';
import { CloudError } from '../core/model/errors.ts';
import type { LogObject } from '../core/ports/log-objects.ts';
import type { LogQueue, QueueMessage } from '../core/ports/log-queue.ts';
import { type IngestDeps, type IngestedBatch, ingestBatch } from './ingest-batch.ts';

/** A batch of messages is taken in when it names so many objects or stored bytes, or has waited so long. */
const batchObjects = 500;
const batchBytes = 8 * 1024 * 1024;
const batchMs = 5_000;
const holdEveryMs = 40_000;

export interface CollectQueueDeps extends IngestDeps {
  readonly queue: LogQueue;
  /** Where messages may point to. Without any, only events that come in messages are taken. */
  readonly roots: readonly Root[];
  /** The log object that a message names; null when it is gone, or is no log. */
  readonly find: (object: NamedObject) => Promise<LogObject | null>;
}

export interface CollectedMessages {
  readonly received: number;
  /** Done with, and gone from the queue. */
  readonly removed: number;
  /** Rightly there and telling nothing, as tests and deletions; removed too. */
  readonly ignored: number;
  /** Left in the queue until it moves them to its dead-letter queue; with how often each reason was met. */
  readonly refused: readonly { readonly reason: string; readonly n: number }[];
  readonly ingested: IngestedBatch | null;
}

/**
 * Takes in what one queue has now: receives for some seconds, reads what the messages name as one batch, and removes a
 * message when all that it brought is committed. What dies before that comes again, and has its effect once. A message
 * that cannot be used stays, is counted, and holds up no other.
 */
export async function collectQueue(deps: CollectQueueDeps, signal: AbortSignal): Promise<CollectedMessages> {
  const { queue } = deps;
  const held = new Map<string, QueueMessage>();
  // While the batch is worked on its messages stay hidden; one that comes back meanwhile does no harm.
  const holding = setInterval(() => void queue.hold([...held.values()]).catch(() => {}), holdEveryMs);
  try {
    const gathered = await gather(deps, held, signal);
    const objects = new Map(gathered.messages.flatMap(({ objects }) => objects.map((object) => [nameOf(object), object] as const)));
    const events = [...new Set(gathered.messages.flatMap((message) => message.events))].sort();
    const carried = events.length === 0 ? null : carriedObject(queue.name, events, gathered.sentAt);
    const batch = carried === null ? [...objects.values()] : [...objects.values(), carried.object];
    const ingested = batch.length === 0 ? null : await ingestBatch(carried === null ? deps : withCarried(deps, carried), batch);
    const unread = new Set(ingested?.unread.map(({ object }) => nameOf(object)));
    const done = gathered.messages.filter(
      ({ refused, objects, events }) =>
        refused.length === 0 &&
        !objects.some((object) => unread.has(nameOf(object))) &&
        !(events.length > 0 && carried !== null && unread.has(nameOf(carried.object))),
    );
    await queue.remove(done.map(({ message }) => message));
    return {
      received: gathered.messages.length,
      removed: done.length,
      ignored: gathered.messages.filter(({ ignored }) => ignored).length,
      refused: countReasons(gathered.messages.flatMap(({ refused }) => refused)),
      ingested,
    };
  } finally {
    clearInterval(holding);
  }
}

interface OpenedMessage {
  readonly message: QueueMessage;
  readonly objects: readonly LogObject[];
  readonly events: readonly string[];
  readonly ignored: boolean;
  readonly refused: readonly string[];
}

async function gather({ queue, roots, find }: CollectQueueDeps, held: Map<string, QueueMessage>, signal: AbortSignal) {
  const messages: OpenedMessage[] = [];
  let objects = 0;
  let bytes = 0;
  let sentAt = Number.POSITIVE_INFINITY;
  const started = performance.now();
  while (!signal.aborted && objects < batchObjects && bytes < batchBytes) {
    const received = await queue.receive();
    for (const message of received) {
      held.set(message.id, message);
      const delivery = readMessage(message.body);
      const refused = new Set(delivery.refused);
      const found: LogObject[] = [];
      for (const named of delivery.objects) {
        const why = whyOutside(named, roots);
        const object = why === null ? await foundOrWhy(find, named) : why;
        if (typeof object === 'string') refused.add(object);
        else if (object !== null) found.push(object);
      }
      messages.push({ message, objects: found, events: delivery.events, ignored: delivery.ignored, refused: [...refused] });
      sentAt = Math.min(sentAt, message.sentAt);
      objects += found.length + delivery.events.length;
      bytes += found.reduce((sum, { size }) => sum + size, message.body.length);
    }
    if (received.length === 0 || performance.now() - started > batchMs) break;
  }
  return { messages, sentAt };
}

/** What cannot be looked at now leaves its message where it is, and no other. */
async function foundOrWhy(find: CollectQueueDeps['find'], named: NamedObject): Promise<LogObject | null | string> {
  try {
    return await find(named);
  } catch (error) {
    if (error instanceof CloudError) return error.message;
    throw error;
  }
}

const nameOf = (object: LogObject) => `${object.name} ${object.version}`;

interface Carried {
  readonly object: LogObject;
  readonly bytes: Buffer;
}

/** Events that came in messages, as one object. Its name is its content's: what is delivered again is known. */
function carriedObject(queue: string, events: readonly string[], sentAt: number): Carried {
  const bytes = Buffer.from(events.join('\n'));
  const hash = sha256(bytes);
  return { object: { name: `queue/${queue}/${hash.slice(0, 32)}`, size: bytes.length, version: hash, availableAt: sentAt }, bytes };
}

function withCarried(deps: CollectQueueDeps, { object, bytes }: Carried): IngestDeps {
  const { logs } = deps;
  return {
    ...deps,
    logs: {
      list: (roots) => logs.list(roots),
      whole: async (wanted) => (wanted.name === object.name ? bytes : logs.whole(wanted)),
      chunks: (wanted) => logs.chunks(wanted),
    },
  };
}

function countReasons(reasons: readonly string[]): CollectedMessages['refused'] {
  const counts = new Map<string, number>();
  for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts].map(([reason, n]) => ({ reason, n }));
}
