import { generateKeyPairSync, sign } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { checkpointBody, checkpointNote, parseCheckpoint } from '../../core/lib/checkpoint.ts';
import { openCheckpointCopy } from './checkpoint-copy.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'jobzero-witness-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const pair = generateKeyPairSync('ed25519');
const key = { name: 'jobzero/default', publicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32) };
function checkpoint(size: number) {
  const body = checkpointBody({ origin: key.name, size, root: Buffer.alloc(32, size).toString('base64') });
  return { size, note: checkpointNote(body, key, sign(null, Buffer.from(body), pair.privateKey)) };
}

test('checkpoints are appended, each once, to a file that is made with its folder; the largest is the latest', async () => {
  const path = join(folder, 'elsewhere', 'checkpoints.log');
  const witness = openCheckpointCopy(path);
  expect(await witness.latest()).toBeNull();
  for (const size of [3, 3, 9, 9, 12]) await witness.keep(checkpoint(size));
  const text = await readFile(path, 'utf8');
  expect(text.match(/^jobzero\/default$/gm)).toHaveLength(3);
  expect(parseCheckpoint((await witness.latest()) ?? '').size).toBe(12);
  expect(parseCheckpoint((await openCheckpointCopy(path).latest()) ?? '').size).toBe(12);
});

test('a note that a crash cut off does not hide those before it, nor those after', async () => {
  const path = join(folder, 'cut.log');
  const witness = openCheckpointCopy(path);
  await witness.keep(checkpoint(5));
  await appendFile(path, `\n${checkpoint(8).note.slice(0, 30)}`);
  expect(parseCheckpoint((await witness.latest()) ?? '').size).toBe(5);
  await witness.keep(checkpoint(9));
  expect(parseCheckpoint((await witness.latest()) ?? '').size).toBe(9);
});
