import { Buffer } from 'node:buffer';

/**
 * Looks at the first `n` bytes of a stream, fewer where it ends before. `bytes` is the whole stream again, those
 * included; who does not want it must call its `return`, so that the stream below is let go.
 */
export async function withHead(
  stream: AsyncIterable<Uint8Array>,
  n: number,
): Promise<{ readonly head: Buffer; readonly bytes: AsyncGenerator<Uint8Array> }> {
  const from = stream[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  let ended = false;
  while (head.length < n && !ended) {
    const next = await from.next();
    if (next.done === true) ended = true;
    else head = Buffer.concat([head, next.value]);
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head;
      for (let next = ended ? null : await from.next(); next !== null && next.done !== true; next = await from.next()) yield next.value;
    } finally {
      await from.return?.();
    }
  }
  return { head, bytes: all() };
}
