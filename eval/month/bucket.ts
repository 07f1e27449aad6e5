import { gunzipSync, gzipSync } from 'node:zlib';
import { textAt } from '../../src/core/lib/json-at.ts';
import type { JsonObject } from '../../src/core/model/json.ts';
import type { LogObject, LogObjects } from '../../src/core/ports/log-objects.ts';

/** Where the range's logs are delivered to, in memory: objects come into sight at their time, and are forgotten after some days. */
export interface Bucket {
  readonly logs: LogObjects;
  /** Puts an object there, in sight from `at` on (milliseconds since 1970). Returns its stored bytes. */
  put(name: string, content: string, at: number): number;
  /** Objects that have come into sight since the last time, in the order of their times and names. */
  arrived(now: number): readonly LogObject[];
  /** When the next one comes into sight; null when none waits. */
  nextAt(): number | null;
  /** The record of an event that some object holds: what an account's event history tells. */
  recordOf(eventId: string): JsonObject | null;
  /** Records of sessions of a role that were opened between these times. */
  openings(role: string, from: number, to: number): readonly JsonObject[];
  /** Forgets what was delivered before this time. */
  forget(before: number): void;
}

interface Stored {
  readonly object: LogObject;
  readonly at: number;
  readonly bytes: Buffer;
  readonly events: readonly string[];
}

const eventIds = /"eventID":"([0-9a-f-]{36})"/g;

export function openBucket(): Bucket {
  const objects = new Map<string, Stored>();
  /** Event id -> the object that was delivered first with it. */
  const byEvent = new Map<string, string>();
  /** Role -> ids of the events that opened sessions of it, with their times. */
  const byRole = new Map<string, { readonly at: number; readonly id: string }[]>();
  let waiting: Stored[] = [];

  const noteOpenings = (content: string) => {
    if (!content.includes('"eventName":"AssumeRole"')) return;
    for (const record of recordsIn(content)) {
      if (record['eventName'] !== 'AssumeRole') continue;
      const role = textAt(record, 'requestParameters', 'roleArn') ?? '';
      const all = byRole.get(role) ?? [];
      byRole.set(role, all);
      all.push({ at: Date.parse(String(record['eventTime'])), id: String(record['eventID']) });
    }
  };

  const bytesOf = (name: string): Buffer => {
    const stored = objects.get(name);
    if (stored === undefined) throw new Error(`${name} is not there any more`);
    return gunzipSync(stored.bytes);
  };

  const recordOf = (eventId: string): JsonObject | null => {
    const name = byEvent.get(eventId);
    if (name === undefined || !objects.has(name)) return null;
    return recordsIn(bytesOf(name).toString('utf8')).find((record) => record['eventID'] === eventId) ?? null;
  };

  return {
    logs: {
      async *list() {
        for (const name of [...objects.keys()].sort()) {
          const stored = objects.get(name);
          if (stored !== undefined) yield stored.object;
        }
      },
      whole: async ({ name }) => bytesOf(name),
      async *chunks({ name }) {
        yield bytesOf(name);
      },
    },
    put: (name, content, at) => {
      const bytes = gzipSync(content, { level: 1 });
      const events = [...content.matchAll(eventIds)].flatMap(([, id]) => id ?? []);
      const stored = { object: { name, size: bytes.length, version: String(at), availableAt: at }, at, bytes, events };
      objects.set(name, stored);
      for (const id of events) if (!byEvent.has(id)) byEvent.set(id, name);
      waiting.push(stored);
      noteOpenings(content);
      return bytes.length;
    },
    arrived: (now) => {
      const due = waiting.filter(({ at }) => at <= now);
      if (due.length > 0) waiting = waiting.filter(({ at }) => at > now);
      return due.sort((a, b) => a.at - b.at || (a.object.name < b.object.name ? -1 : 1)).map(({ object }) => object);
    },
    nextAt: () => (waiting.length === 0 ? null : Math.min(...waiting.map(({ at }) => at))),
    recordOf,
    openings: (role, from, to) => {
      const ids = (byRole.get(role) ?? []).flatMap(({ at, id }) => (at >= from && at <= to ? [id] : []));
      return [...new Set(ids)].map(recordOf).filter((record) => record !== null);
    },
    forget: (before) => {
      for (const [name, { at, events }] of objects) {
        // In the order of putting, which is that of their times but for the few that are late.
        if (at >= before + 86_400_000) break;
        if (at >= before) continue;
        objects.delete(name);
        for (const id of events) if (byEvent.get(id) === name) byEvent.delete(id);
      }
      for (const [role, all] of byRole) {
        const kept = all.filter(({ at }) => at >= before);
        if (kept.length === 0) byRole.delete(role);
        else if (kept.length < all.length) byRole.set(role, kept);
      }
    },
  };
}

/** Records of a delivered object, or of messages of EventBridge. */
function recordsIn(text: string): readonly JsonObject[] {
  if (text.startsWith('{"Records":')) return (JSON.parse(text) as { Records: readonly JsonObject[] }).Records;
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as { detail: JsonObject }).detail);
}
