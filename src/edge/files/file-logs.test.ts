import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { BrokenStream, type LogObjects } from '../../core/ports/log-objects.ts';
import { fileLogs } from './file-logs.ts';
import { settledFiles } from './settled-files.ts';
import { standardInput } from './standard-input.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-files-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function names(logs: LogObjects): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { name } of logs.list([folder])) found.push(basename(name));
  return found;
}

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

describe('a watched folder', () => {
  let now = Date.UTC(2026, 0, 5);
  const write = async (name: string, content: string) => {
    await writeFile(join(folder, name), content);
    await utimes(join(folder, name), now / 1000, now / 1000);
  };
  const watched = () => settledFiles(fileLogs(), () => now);

  test('a file is given when it rests, and again when it has grown and rests', async () => {
    const logs = watched();
    await write('a.json', '{');
    expect(await names(logs)).toEqual([]);
    now += 1_000;
    await write('a.json', '{}');
    expect(await names(logs)).toEqual([]);
    now += 500;
    expect(await names(logs)).toEqual(['a.json']);
    await write('a.json', '{}\n{}');
    expect(await names(logs)).toEqual([]);
    expect(await names(logs)).toEqual(['a.json']);
  });

  test('what was written before is given at once, and what is renamed into place with an older time, too', async () => {
    await write('old.json', '{}');
    await write('b.json.tmp', '{}');
    now += 60_000;
    const logs = watched();
    expect(await names(logs)).toEqual(['old.json']);
    await rename(join(folder, 'b.json.tmp'), join(folder, 'b.json'));
    expect(await names(logs)).toEqual(['b.json', 'old.json']);
  });

  test('one that never rests is given once a minute', async () => {
    const logs = watched();
    let given = 0;
    for (let second = 0; second < 180; second++) {
      now += 1_000;
      await write('busy.json', 'x'.repeat(second));
      given += (await names(logs)).length;
    }
    expect(given).toBeGreaterThanOrEqual(2);
    expect(given).toBeLessThan(10);
  });

  test('hidden files, temporary ones and digests are no logs; folders are walked', async () => {
    await mkdir(join(folder, 'deep'));
    for (const name of [
      '.a.json',
      'a.tmp',
      '1_CloudTrail-Digest_x.json.gz',
      '1_Config_x.json.gz',
      'README.md',
      'deep/a.log.gz',
      '2026-01-05-10-00-00-0123456789ABCDEF',
    ])
      await write(name, '');
    expect(await names(fileLogs())).toEqual(['2026-01-05-10-00-00-0123456789ABCDEF', 'a.log.gz']);
  });
});

describe('standard input', () => {
  async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const content = JSON.stringify({ Records: Array.from({ length: 100 }, (_, n) => ({ n })) });
  const read = async (bytes: Buffer, size: number) => {
    const logs = standardInput(pieces(bytes, size));
    for await (const object of logs.list([])) return text(logs.chunks(object));
    return null;
  };

  test.each([
    ['plain', Buffer.from(content)],
    ['compressed', gzipSync(content)],
    ['two compressed files one after the other', Buffer.concat([gzipSync(content.slice(0, 99)), gzipSync(content.slice(99))])],
  ])('%s, in pieces of any size', async (_name, bytes) => {
    for (const size of [1, 2, 7, 1 << 16]) expect(await read(bytes, size)).toBe(content);
  });

  test('nothing at all is nothing; what is cut off is said', async () => {
    expect(await read(Buffer.alloc(0), 1)).toBe('');
    await expect(read(gzipSync(content).subarray(0, -9), 50)).rejects.toThrow(BrokenStream);
  });
});
