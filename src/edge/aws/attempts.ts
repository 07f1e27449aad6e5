import { setTimeout as sleep } from 'node:timers/promises';
import type { CloudError } from '../../core/model/errors.ts';
import { cloudErrorOf } from './cloud-error-of.ts';
import type { Service } from './operations.ts';
import type { Pacer } from './pacer.ts';

/** Whose bucket a call is taken from. */
export interface Lane {
  readonly account: string;
  readonly service: Service;
  readonly region: string;
  readonly action: string;
}

/** Sends until it is answered or `most` attempts are over; each attempt takes a token of its lane. Throws CloudError. */
export type Attempt = <T>(lane: Lane, send: () => Promise<T>) => Promise<T>;

export function attemptsOf(most: number, pacer: Pacer, emulated: boolean): Attempt {
  return async ({ account, service, region, action }, send) => {
    for (let n = 1; ; n++) {
      await pacer.take(account, service, region, action);
      try {
        const answer = await send();
        pacer.passed(account, service, region, action);
        return answer;
      } catch (thrown) {
        const error = cloudErrorOf(action, thrown, emulated);
        if (error.kind === 'throttled') pacer.throttled(account, service, region, action);
        if (n >= most || !mayPass(error, thrown)) throw error;
        // Full jitter: https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/
        await sleep(Math.random() * Math.min(20_000, (error.kind === 'throttled' ? 500 : 100) * 2 ** n));
      }
    }
  };
}

/** Whether a repeated call may bring a better answer. */
function mayPass(error: CloudError, thrown: unknown): boolean {
  if (error.code === 'NotImplementedHere') return false;
  if (error.kind === 'throttled' || error.kind === 'unavailable') return true;
  // The SDK has learned the server's time from the refusal and signs with it now.
  return (thrown as { $metadata?: { clockSkewCorrected?: boolean } } | null)?.$metadata?.clockSkewCorrected === true;
}
