import type { ObjectTraffic } from '../../core/model/campaign-traffic.ts';
import { Dice } from '../dice.ts';
import type { AccountState, RangeState } from '../state.ts';
import { type AccessEntry, accessLine, type LoggedBucket } from './access-line.ts';
import type { PlacedLine, Stream } from './line-writer.ts';
import type { ServiceLog } from './service-log.ts';
import { browsers } from './shop-visitors.ts';
import { between, nthPeer, nthText } from './turns.ts';

const logged = ['example-customer-data-', 'example-website-', 'example-app-artifacts-'] as const;
const sdk = '[aws-sdk-java/2.39.2 Linux/6.1.0 OpenJDK_64-Bit_Server_VM/21.0.9 cfg/retry-mode/standard]';
const cli = 'aws-cli/2.32.0 md/awscrt#0.28.4 ua/2.1 os/linux#6.8.0 md/arch#x86_64 lang/python#3.13.9';
const delivery = 'svc:cloudfront.amazonaws.com';

/** Server access logs of the buckets of each account that holds data, below the partitioned prefix of the bucket for logs. */
export function bucketLogs(state: RangeState): ServiceLog {
  const accounts = Object.values(state.accounts).filter((account) => logged.some((name) => account.buckets[`${name}${account.id}`]));
  const buckets = accounts.flatMap((account) =>
    logged
      .filter((name) => account.buckets[`${name}${account.id}`] !== undefined)
      .map((name) => bucketOf(state, account, `${name}${account.id}`)),
  );
  const byName = new Map(buckets.map((bucket) => [bucket.name, bucket]));
  const streams = new Map<string, Stream>();
  const place = (bucket: LoggedBucket, entry: AccessEntry, dice: Dice): PlacedLine => {
    const stream = streams.get(bucket.name) ?? { key: bucket.name, account: bucket.account, frame: 'text', name: nameOf(bucket) };
    streams.set(bucket.name, stream);
    return { stream, at: entry.at, text: accessLine(bucket, entry, dice) };
  };
  return {
    daily: (from, span, dice) => {
      const bucket = buckets[dice.int(buckets.length)];
      return bucket === undefined ? [] : [place(bucket, ordinary(bucket, from + dice.int(span), dice), dice)];
    },
    lines: (entry, at, n, dice) => {
      if (!('object' in entry)) return [];
      const bucket = byName.get(entry.bucket);
      if (bucket === undefined) return [];
      const ip = nthPeer(entry, n);
      const requester = requesterOf(bucket, entry.as);
      const key = entry.key === undefined ? null : nthText(entry.key, n, entry.label, dice);
      const { object: operation, status, error = null, userAgent = 'Mozilla/5.0', parameters = '' } = entry;
      const line = place(
        bucket,
        { at, ip, requester, operation, key, parameters, status, error, bytes: between(entry.bytes, dice), userAgent },
        dice,
      );
      const principal = requester === null ? {} : { principal: requester };
      return [{ ...line, source: 'aws.s3-access', account: bucket.account, resource: bucket.name, peer: ip, ...principal }];
    },
  };
}

function bucketOf(state: RangeState, account: AccountState, name: string): LoggedBucket {
  const owner = new Dice(`${state.seed}/canonical/${account.id}`).hex(64);
  return { account: account.id, name, owner, region: 'us-east-1' };
}

function requesterOf({ account }: LoggedBucket, as: ObjectTraffic['as']): string | null {
  return 'anonymous' in as ? null : `arn:aws:sts::${account}:assumed-role/${as.role}/${as.session}`;
}

function ordinary(bucket: LoggedBucket, at: number, dice: Dice): AccessEntry {
  const role = (name: string, session: string) => `arn:aws:sts::${bucket.account}:assumed-role/${name}/${session}`;
  const get = { at, operation: 'REST.GET.OBJECT', parameters: '', status: 200, error: null };
  const inside = `10.0.${32 + dice.int(60)}.${10 + dice.int(240)}`;
  const bytes = 900 + dice.int(90_000);
  if (bucket.name.includes('website')) {
    const path = ['index.html', 'img/logo.svg', 'img/hero.webp', 'css/site.css', 'about.html', 'favicon.ico'][dice.int(6)] ?? 'index.html';
    if (dice.int(4) > 0)
      return { ...get, ip: `203.0.113.${210 + dice.int(30)}`, requester: delivery, key: path, bytes, userAgent: 'Amazon CloudFront' };
    const visitor = {
      ip: `198.${18 + dice.int(2)}.${dice.int(256)}.${1 + dice.int(254)}`,
      requester: null,
      userAgent: browsers[dice.int(browsers.length)] ?? '',
    };
    if (dice.int(9) === 0) return { ...get, ...visitor, key: `old/${dice.int(400)}.html`, status: 404, error: 'NoSuchKey', bytes: 320 };
    return { ...get, ...visitor, operation: 'WEBSITE.GET.OBJECT', key: path, bytes };
  }
  if (bucket.name.includes('artifacts')) {
    const key = `${['cart', 'search', 'orders', 'mail'][dice.int(4)] ?? 'cart'}/build-${dice.hex(8)}.zip`;
    const runner = { ip: `198.18.77.${1 + dice.int(60)}`, requester: role('github-deploy', 'GitHubActions'), userAgent: cli, key };
    if (dice.int(3) > 0) return { ...get, ...runner, operation: 'REST.PUT.OBJECT', bytes: 0 };
    return {
      ...get,
      ip: inside,
      requester: role('report-worker', dice.hex(12)),
      userAgent: sdk,
      key,
      bytes: 4_000_000 + dice.int(9_000_000),
    };
  }
  const key = `exports/2026/customers-0${1 + dice.int(9)}.csv`;
  switch (dice.int(8)) {
    case 0:
      return {
        ...get,
        ip: inside,
        requester: role('data-pipeline', 'GlueJobRunnerSession'),
        userAgent: sdk,
        operation: 'REST.GET.BUCKET',
        key: null,
        parameters: 'list-type=2&prefix=exports%2F',
        bytes: 2400,
      };
    case 1:
      return {
        ...get,
        ip: inside,
        requester: role('backup-runner', 'AWSBackup-1'),
        userAgent: sdk,
        operation: 'REST.HEAD.OBJECT',
        key,
        bytes: 0,
      };
    case 2:
      return {
        ...get,
        ip: inside,
        requester: role('data-pipeline', 'GlueJobRunnerSession'),
        userAgent: sdk,
        operation: 'REST.PUT.OBJECT',
        key: `landing/${dice.hex(10)}.parquet`,
        bytes: 0,
      };
    case 3:
      if (dice.int(12) === 0)
        return {
          ...get,
          ip: `198.51.100.${1 + dice.int(190)}`,
          requester: null,
          userAgent: 'Go-http-client/1.1',
          operation: 'REST.GET.BUCKET',
          key: null,
          status: 403,
          error: 'AccessDenied',
          bytes: 243,
        };
      return { ...get, ip: inside, requester: role('order-api', 'order-api'), userAgent: sdk, key, bytes };
    default:
      return { ...get, ip: inside, requester: role('order-api', 'order-api'), userAgent: sdk, key, bytes };
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html#server-access-logging-overview: the partitioned prefix, by the time of delivery. */
function nameOf({ account, region, name }: LoggedBucket): Stream['name'] {
  return (end, dice) => {
    // Best effort, within hours.
    const stamp = new Date(end + 600_000 + dice.int(3_600_000)).toISOString();
    const day = stamp.slice(0, 10);
    return `s3-access/${account}/${region}/${name}/${day.replaceAll('-', '/')}/${day}-${stamp.slice(11, 19).replaceAll(':', '-')}-${dice.hex(16).toUpperCase()}`;
  };
}
