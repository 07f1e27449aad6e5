import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { withHead } from '../../core/lib/with-head.ts';
import { BrokenStream } from '../../core/ports/log-objects.ts';

/**
 * The bytes as they are, or decompressed where they begin as gzip does, whatever the object is called. Throws
 * BrokenStream where gzip is cut off or damaged; what the bytes themselves throw is passed on.
 */
export async function* inflated(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const { head, bytes: all } = await withHead(bytes, 2);
  if (head[0] !== 0x1f || head[1] !== 0x8b) {
    yield* all;
    return;
  }
  const compressed = Readable.from(all);
  const unzip = createGunzip({ chunkSize: 1 << 18 });
  compressed.on('error', (error) => unzip.destroy(error));
  try {
    for await (const chunk of compressed.pipe(unzip)) yield chunk as Buffer;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (!code.startsWith('Z_')) throw error;
    throw new BrokenStream(code === 'Z_BUF_ERROR' ? 'the gzip stream is cut off' : 'the gzip stream is damaged', { cause: error });
  } finally {
    compressed.destroy();
  }
}
