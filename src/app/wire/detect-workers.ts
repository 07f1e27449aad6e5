import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Lists, Rule } from '../../core/model/rule.ts';
import type { LogObject } from '../../core/ports/log-objects.ts';
import type { AccumulateCounts, Parts } from '../accumulate-objects.ts';
import type { DetectWorkers } from '../detect.ts';

/** Left alone, the collector lets the young generation grow with the input; what lives here is short or put aside. */
const resourceLimits = { maxYoungGenerationSizeMb: 16 };

type Part = { readonly runs: Parts<readonly string[]>; readonly counts: AccumulateCounts };

/** Threads for `detect`; `close` removes what they put aside. A thread that dies fails the whole run: nothing is left out silently. */
export function detectWorkers(
  n: number,
  rules: readonly Rule[],
  tenant: string,
  lists: Lists = new Map(),
): DetectWorkers & { close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'jobzero-detect-'));
  const all: Worker[] = [];
  const idle: Worker[] = [];
  let wake: (() => void) | null = null;
  let failure: Error | null = null;
  const parts: Promise<Part>[] = [];
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  for (let i = 0; i < n; i++) {
    const worker = new Worker(new URL(`./detect.worker.${extension}`, import.meta.url), {
      workerData: { rules, lists, tenant, folder },
      resourceLimits,
    });
    all.push(worker);
    parts.push(
      new Promise((resolve, reject) => {
        worker.on('message', (message: Part | { readonly ready: true }) => {
          if ('runs' in message) return resolve(message);
          idle.push(worker);
          wake?.();
        });
        worker.on('error', (error) => {
          failure = error;
          wake?.();
          reject(error);
        });
      }),
    );
  }
  // The failure is thrown by `give` or `finish`; a rejection before that must not end the process.
  for (const part of parts) part.catch(() => undefined);

  async function next(): Promise<Worker> {
    for (;;) {
      if (failure !== null) throw failure;
      const worker = idle.pop();
      if (worker !== undefined) return worker;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  return {
    async give(object: LogObject) {
      (await next()).postMessage({ object });
    },
    async finish() {
      for (let i = 0; i < n; i++) (await next()).postMessage({ finish: true });
      return Promise.all(parts);
    },
    close() {
      // A thread that still waits for work would keep the process alive.
      for (const worker of all) void worker.terminate();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
