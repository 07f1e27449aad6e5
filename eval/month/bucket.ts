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
  /** Records of sessions of a role that were opened between these times: by the role's ARN, or by the key with which they were opened. */
  openings(roleOrKey: string, from: number, to: number): readonly JsonObject[];
  /** Of each role and credentials that were used under this name of a session between these times, the last record. */
  sessions(name: string, from: number, to: number): readonly JsonObject[];
  /** Forgets what was delivered before this time. */
  forget(before: number): void;
}

interface Stored {
  readonly object: LogObject;
  readonly at: number;
  readonly bytes: Buffer;
  readonly events: readonly string[];
}

interface Noted {
  readonly at: number;
  readonly id: string;
}

const eventIds = /"eventID":"([0-9a-f-]{36})"/g;

export function openBucket(): Bucket {
  const objects = new Map<string, Stored>();
  /** Event id -> the object that was delivered first with it. */
  const byEvent = new Map<string, string>();
  /** Role, or key of the caller -> ids of the events that opened sessions of it, or with it, with their times. */
  const opened = new Map<string, Noted[]>();
  /** Name of a session -> role and credentials -> the last event. */
  const used = new Map<string, Map<string, Noted>>();
  let waiting: Stored[] = [];

  const note = (content: string) => {
    for (const record of recordsIn(content)) {
      const noted = { at: Date.parse(String(record['eventTime'])), id: String(record['eventID']) };
      const key = textAt(record, 'userIdentity', 'accessKeyId') ?? '';
      if (record['eventName'] === 'AssumeRole') {
        for (const by of [textAt(record, 'requestParameters', 'roleArn') ?? '', key]) {
          const all = opened.get(by) ?? [];
          opened.set(by, all);
          all.push(noted);
        }
      }
      const principal = textAt(record, 'userIdentity', 'principalId') ?? '';
      const [, session] = principal.split(':');
      if (session === undefined || record['managementEvent'] !== true) continue;
      const all = used.get(session) ?? new Map<string, Noted>();
      used.set(session, all);
      all.set(`${principal} ${key}`, noted);
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

  const recordsOf = (noted: readonly Noted[], from: number, to: number) => {
    const ids = noted.flatMap(({ at, id }) => (at >= from && at <= to ? [id] : []));
    return [...new Set(ids)].map(recordOf).filter((record) => record !== null);
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
      note(content);
      return bytes.length;
    },
    arrived: (now) => {
      const due = waiting.filter(({ at }) => at <= now);
      if (due.length > 0) waiting = waiting.filter(({ at }) => at > now);
      return due.sort((a, b) => a.at - b.at || (a.object.name < b.object.name ? -1 : 1)).map(({ object }) => object);
    },
    nextAt: () => (waiting.length === 0 ? null : Math.min(...waiting.map(({ at }) => at))),
    recordOf,
    openings: (roleOrKey, from, to) => recordsOf(opened.get(roleOrKey) ?? [], from, to),
    sessions: (name, from, to) => recordsOf([...(used.get(name)?.values() ?? [])], from, to),
    forget: (before) => {
      for (const [name, { at, events }] of objects) {
        // In the order of putting, which is that of their times but for the few that are late.
        if (at >= before + 86_400_000) break;
        if (at >= before) continue;
        objects.delete(name);
        for (const id of events) if (byEvent.get(id) === name) byEvent.delete(id);
      }
      for (const [by, all] of opened) {
        const kept = all.filter(({ at }) => at >= before);
        if (kept.length === 0) opened.delete(by);
        else if (kept.length < all.length) opened.set(by, kept);
      }
      for (const [name, all] of used) {
        for (const [who, { at }] of all) if (at < before) all.delete(who);
        if (all.size === 0) used.delete(name);
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
