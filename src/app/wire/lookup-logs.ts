import { Buffer } from 'node:buffer';
import type { LogObject, LogObjects } from '../../core/ports/log-objects.ts';
import { readLookupEvents } from '../../edge/aws/read-lookup-events.ts';
import type { AwsChoice } from '../wires.ts';
import { openAwsCloud } from './cloud.ts';

/** What the event history shows late comes again: each round looks back this far behind the newest it has seen. */
const overlapMs = 20 * 60_000;
const firstLookBackMs = 24 * 3_600_000;

/** CloudTrail's event history as log objects: one an account, Region and round. Management events only, some minutes late. */
export async function lookupLogs(choice: AwsChoice): Promise<LogObjects> {
  const cloud = await openAwsCloud(choice);
  const texts = new Map<string, Buffer>();
  const seenUntil = new Map<string, number>();
  return {
    async *list() {
      for (const { id } of await cloud.accounts()) {
        for (const region of await cloud.regions(id)) {
          const to = Date.now();
          const from = (seenUntil.get(`${id} ${region}`) ?? to - firstLookBackMs + overlapMs) - overlapMs;
          const lines: string[] = [];
          for await (const text of readLookupEvents(cloud, id, region, from, to)) lines.push(text);
          seenUntil.set(`${id} ${region}`, to);
          if (lines.length === 0) continue;
          const bytes = Buffer.from(lines.join('\n'));
          const object: LogObject = {
            name: `event-history/${id}/${region}/${from}-${to}`,
            size: bytes.length,
            version: String(lines.length),
          };
          texts.set(object.name, bytes);
          yield object;
        }
      }
    },
    whole: async (object) => texts.get(object.name) ?? null,
    async *chunks(object) {
      const bytes = texts.get(object.name);
      texts.delete(object.name);
      if (bytes !== undefined) yield bytes;
    },
  };
}
