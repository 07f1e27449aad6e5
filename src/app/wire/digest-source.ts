import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { isDigestName } from '../../core/collect/delivery/log-name.ts';
import { InputError } from '../../core/model/errors.ts';
import { BrokenStream, type LogObject } from '../../core/ports/log-objects.ts';
import { type Days, openLogObjects } from '../../edge/aws/log-objects.ts';
import { listPublicKeys } from '../../edge/aws/public-keys.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { inflated } from '../../edge/files/inflated.ts';
import type { DigestKeys, DigestSource } from '../check-digests.ts';
import type { LogsChoice } from '../wires.ts';
import { senderOptions } from './s3-logs.ts';

/** No digest file is as large. */
const mostBytes = 64 * 1024 * 1024;

export interface DigestPlaces extends LogsChoice {
  readonly roots: readonly string[];
  /** Of buckets, only these days. */
  readonly days: Days | null;
  /** A file with what `aws cloudtrail list-public-keys` prints; null: CloudTrail is asked. */
  readonly publicKeys: string | null;
}

/** Digest files below roots in buckets and folders. `onTrouble` hears why keys could not be had. */
export function digestSource(places: DigestPlaces, onTrouble: (error: unknown) => void): DigestSource {
  const { roots, days, publicKeys } = places;
  const isS3 = (name: string) => name.startsWith('s3://');
  const bucket = openLogObjects(senderOptions(places));
  const files = fileLogs(isDigestName);
  const inFiles = new Map<string, LogObject>();
  return {
    async *list() {
      for (const root of roots.filter(isS3))
        for await (const { uri } of bucket.list(root, days ?? undefined)) if (isDigestName(uri)) yield uri;
      for await (const object of files.list(roots.filter((root) => !isS3(root)))) {
        if (!isDigestName(object.name)) continue;
        inFiles.set(object.name, object);
        yield object.name;
      }
    },
    async read(name) {
      const file = inFiles.get(name);
      if (file !== undefined) return contentOf(files.chunks(file), null);
      const found = await bucket.look(name);
      if (found === null) return null;
      return contentOf(inflated(bucket.read(found)), found.metadata['signature'] ?? null);
    },
    async keys(region, from, to) {
      if (publicKeys !== null) return keysOfFile(publicKeys);
      try {
        return await listPublicKeys(region, from, to, senderOptions(places));
      } catch (error) {
        onTrouble(error);
        return new Map();
      }
    },
  };
}

async function contentOf(chunks: AsyncIterable<Uint8Array>, signature: string | null) {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of chunks) {
      bytes += chunk.length;
      if (bytes > mostBytes) return { content: '', signature };
      parts.push(chunk);
    }
  } catch (error) {
    // What is cut off is no digest file, and is told as such.
    if (!(error instanceof BrokenStream)) throw error;
    return { content: '', signature };
  }
  return { content: Buffer.concat(parts).toString('utf8'), signature };
}

const keysSchema = z.object({ PublicKeyList: z.array(z.object({ Value: z.string(), Fingerprint: z.string() })) });

async function keysOfFile(file: string): Promise<DigestKeys> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new InputError('cannot be read as JSON', file, { cause: error });
  }
  const parsed = keysSchema.safeParse(value);
  if (!parsed.success) throw new InputError('is not what "aws cloudtrail list-public-keys" prints', file);
  return new Map(parsed.data.PublicKeyList.map(({ Value, Fingerprint }) => [Fingerprint, Buffer.from(Value, 'base64')]));
}
