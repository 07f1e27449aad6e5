import { mkdir, open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sha256 } from '../core/lib/hash.ts';
import type { JsonObject } from '../core/model/json.ts';
import type { RangeState } from './state.ts';

/** One delivered log object: its key below the bucket, and its gzipped bytes. */
export interface LogObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** CloudTrail cuts its objects by size; small ones keep batches small. */
const recordsInObject = 200;

/** Takes what the trails hold and makes log objects of it. The same records at the same time give the same bytes. */
export function takeLogObjects(state: RangeState, at: number): readonly LogObject[] {
  const objects: LogObject[] = [];
  for (const [key, records] of Object.entries(state.undelivered)) {
    const [arn = '', account = '', region = ''] = key.split(' ');
    delete state.undelivered[key];
    const trail = Object.values(state.accounts)
      .map((each) => each.trails[arn])
      .find((each) => each !== undefined);
    // A trail that was deleted in the meantime delivers nothing.
    if (trail === undefined) continue;
    trail.deliveredAt = at;
    const prefix = trail.organisation ? `${state.organisation.id}/` : '';
    for (let i = 0; i < records.length; i += recordsInObject) {
      objects.push(logObject(prefix, arn, account, region, at, records.slice(i, i + recordsInObject)));
    }
  }
  return objects;
}

function logObject(prefix: string, arn: string, account: string, region: string, at: number, records: readonly JsonObject[]): LogObject {
  const text = `{"Records":[${records.map((record) => JSON.stringify(record)).join(',')}]}`;
  return { key: logObjectKey(prefix, account, region, at, sha256(`${arn} ${at} ${text}`)), bytes: gzipped(text) };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html; `unique` is hexadecimal. */
export function logObjectKey(prefix: string, account: string, region: string, at: number, unique: string): string {
  const stamp = new Date(at).toISOString();
  const day = stamp.slice(0, 10);
  const letters = [...unique.slice(0, 32)].reduce(
    (text, digit, i, all) =>
      i % 2 === 0 ? text + nameLetters[Number.parseInt(digit + (all[i + 1] ?? '0'), 16) % nameLetters.length] : text,
    '',
  );
  const time = `${day.replaceAll('-', '')}T${stamp.slice(11, 13)}${stamp.slice(14, 16)}Z`;
  return `AWSLogs/${prefix}${account}/CloudTrail/${region}/${day.replaceAll('-', '/')}/${account}_CloudTrail_${region}_${time}_${letters}.json.gz`;
}

const nameLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** Gzip without what differs between machines: zlib notes the operating system in byte 9. */
export function gzipped(text: string, level = 6): Uint8Array {
  const bytes = gzipSync(text, { level });
  bytes[9] = 255;
  return bytes;
}

/** Writes objects below a folder, each beside its place first and then renamed, so that nobody reads half of one. */
export async function writeLogObjects(folder: string, objects: readonly LogObject[]): Promise<void> {
  for (const { key, bytes } of objects) {
    const path = join(folder, key);
    await mkdir(dirname(path), { recursive: true });
    const beside = `${path}.part`;
    const file = await open(beside, 'w');
    try {
      await file.writeFile(bytes);
    } finally {
      await file.close();
    }
    await rename(beside, path);
  }
}
