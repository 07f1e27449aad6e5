import { setTimeout as sleepFor } from 'node:timers/promises';
import type { Service } from './operations.ts';

/** Calls a second in the long run, and how many may come at once. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Well below what AWS allows an account and Region, so that the customer's own tools keep their share. AWS's limits:
 * EC2 https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html (describe: bucket 100, refill 20),
 * CloudTrail https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html (LookupEvents 2, others
 * 10 a second), Organizations ListAccounts (refill 8); IAM's and S3's control limits are not published.
 */
const rates: { readonly [service in Service]?: Rate } = {
  sts: { perSecond: 20, burst: 20 },
  iam: { perSecond: 10, burst: 20 },
  s3: { perSecond: 40, burst: 40 },
  s3control: { perSecond: 5, burst: 5 },
  ec2: { perSecond: 8, burst: 20 },
  cloudtrail: { perSecond: 4, burst: 5 },
  organizations: { perSecond: 4, burst: 5 },
  sqs: { perSecond: 100, burst: 100 },
};
/** Of the others, whose limits AWS mostly does not publish: a plan makes a few calls, one after the other. */
const otherRate: Rate = { perSecond: 2, burst: 4 };

/** Actions with a limit of their own have a bucket of their own. */
const ownRates: { readonly [action: string]: Rate } = {
  'cloudtrail:LookupEvents': { perSecond: 1.8, burst: 1 },
  // S3 serves 5,500 reads a second and prefix: https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance.html
  's3:GetObject': { perSecond: 400, burst: 400 },
};

/** Token buckets per account, service and Region that give way when AWS throttles and recover slowly. */
export interface Pacer {
  /** Resolves when a call may go out. */
  take(account: string, service: Service, region: string, action: string): Promise<void>;
  /** AWS throttled a call: the bucket's rate is halved (down to a call in five seconds) and it is emptied. */
  throttled(account: string, service: Service, region: string, action: string): void;
  /** A call went through: the rate grows back by a fiftieth of the full one. */
  passed(account: string, service: Service, region: string, action: string): void;
}

interface Bucket {
  readonly rate: Rate;
  perSecond: number;
  tokens: number;
  at: number;
}

/** `now` is in milliseconds. The default clock is monotonic. */
export function openPacer(now: () => number = () => performance.now(), sleep: (ms: number) => Promise<unknown> = sleepFor): Pacer {
  const buckets = new Map<string, Bucket>();
  const bucketOf = (account: string, service: Service, region: string, action: string): Bucket => {
    const own = ownRates[action];
    const key = `${account}/${own === undefined ? service : action}/${region}`;
    let bucket = buckets.get(key);
    if (bucket === undefined) {
      const rate = own ?? rates[service] ?? otherRate;
      bucket = { rate, perSecond: rate.perSecond, tokens: rate.burst, at: now() };
      buckets.set(key, bucket);
    }
    return bucket;
  };
  const refill = (bucket: Bucket): void => {
    const at = now();
    bucket.tokens = Math.min(bucket.rate.burst, bucket.tokens + ((at - bucket.at) / 1000) * bucket.perSecond);
    bucket.at = at;
  };
  return {
    async take(account, service, region, action) {
      const bucket = bucketOf(account, service, region, action);
      refill(bucket);
      // Tokens go below zero: each waiter books its own place, so nobody is overtaken.
      bucket.tokens -= 1;
      if (bucket.tokens < 0) await sleep((-bucket.tokens / bucket.perSecond) * 1000);
    },
    throttled(account, service, region, action) {
      const bucket = bucketOf(account, service, region, action);
      refill(bucket);
      bucket.perSecond = Math.max(Math.min(0.2, bucket.rate.perSecond), bucket.perSecond / 2);
      bucket.tokens = Math.min(bucket.tokens, 0);
    },
    passed(account, service, region, action) {
      const bucket = bucketOf(account, service, region, action);
      if (bucket.perSecond === bucket.rate.perSecond) return;
      refill(bucket);
      bucket.perSecond = Math.min(bucket.rate.perSecond, bucket.perSecond + bucket.rate.perSecond / 50);
    },
  };
}

/** No waiting: for tapes and for tests of something else. */
export const unpaced: Pacer = { take: async () => {}, throttled: () => {}, passed: () => {} };
