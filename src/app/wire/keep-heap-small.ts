import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Garbage may make the heap this large, in bytes, or twice what lives in it. */
const grownBytes = 128 * 1024 * 1024;

/**
 * Left alone, the collector lets the heap of a long read grow for as long as the machine has memory. The function that
 * this returns is called now and then, and collects when this thread's heap has grown; it costs some percent of CPU.
 */
export function keepHeapSmall(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  let most = grownBytes;
  return () => {
    if (getHeapStatistics().used_heap_size < most) return;
    collect();
    most = Math.max(grownBytes, 2 * getHeapStatistics().used_heap_size);
  };
}
