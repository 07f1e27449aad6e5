import type { LogObjects } from '../../core/ports/log-objects.ts';
import { inflated } from './inflated.ts';

/**
 * What comes by a pipe, plain or compressed, as one object that is read once, in chunks. What makes it known again is
 * what is in it: its events, by their ids.
 */
export function standardInput(stream: AsyncIterable<Uint8Array>): LogObjects {
  const version = `${Date.now()}-${process.pid}`;
  return {
    async *list() {
      yield { name: 'standard input', size: 0, version };
    },
    whole: async () => null,
    chunks: () => inflated(stream),
  };
}
