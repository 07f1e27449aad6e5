import { parseArn } from '../../core/lib/arn.ts';

/** ARN patterns of what jobzero itself needs, sorted, and what each of them is, in words that end a sentence. */
export interface Own {
  readonly patterns: readonly string[];
  readonly what: { readonly [pattern: string]: string };
}

/** Where jobzero runs, and on what it depends. What is absent or null is not known, or not there. */
export interface OwnSettings {
  /** Names with path of the roles that it takes in every account. */
  readonly roles: readonly string[];
  /** The principal under which its process runs, as STS names it. */
  readonly self?: string | null;
  /** ARN of the machine on which it runs. */
  readonly host?: string | null;
  /** Addresses that logs are read from; those that are no buckets do not count. */
  readonly logs?: readonly string[];
  /** Addresses of the queues that bring logs. */
  readonly queues?: readonly string[];
  /** Where checkpoints are kept outside. */
  readonly checkpoints?: string;
  readonly databaseUrl?: string;
  /** What else the settings name, as ARN patterns. */
  readonly others?: readonly string[];
}

/** Names by which break-glass is known everywhere, as in the generated roles of actor and undoer. */
const breakGlass = ['role', 'user', 'group'].flatMap((kind) => [
  `arn:*:iam::*:${kind}/break-glass*`,
  `arn:*:iam::*:${kind}/*/break-glass*`,
]);

/** All that no playbook may touch, since jobzero, or whoever repairs it, would be cut off by that. */
export function ownThings(settings: OwnSettings): Own {
  const what: { [pattern: string]: string } = {};
  const add = (patterns: readonly string[], says: string) => {
    for (const pattern of patterns) what[pattern] ??= says;
  };
  add(
    settings.roles.map((name) => `arn:*:iam::*:role/${name.replace(/^\//, '')}`),
    'a role of its own',
  );
  add(breakGlass, 'what people need when everything else fails');
  const { self, host, logs = [], queues = [], checkpoints = '', databaseUrl = '', others = [] } = settings;
  if (self != null) {
    const runsAs = principalsOf(self);
    add(runsAs.patterns, `the ${runsAs.kind} under which it runs`);
    add(runsAs.account === '' ? [] : [`arn:*:iam::${runsAs.account}:root`], 'the root user of its own account');
  }
  if (host != null) add([host], 'the machine on which it runs');
  for (const uri of logs) add(bucketIn(uri), 'a bucket that its logs are read from');
  add(bucketIn(checkpoints), 'the bucket that keeps its checkpoints');
  for (const url of queues) add(queueIn(url), 'a queue that brings its logs');
  add(databaseIn(databaseUrl), 'its database');
  add(others, 'what JOBZERO_OWN names');
  return { patterns: Object.keys(what).sort(), what };
}

/** A session has its role's name, and not its path. */
function principalsOf(arn: string): { readonly patterns: readonly string[]; readonly kind: string; readonly account: string } {
  const { service = '', account = '', resource = '' } = parseArn(arn) ?? {};
  const [kind = '', name = ''] = resource.split('/');
  if (service === 'sts' && kind === 'assumed-role') {
    const role = `arn:*:iam::${account}:role`;
    return { patterns: [`${role}/${name}`, `${role}/*/${name}`, `arn:*:sts::${account}:assumed-role/${name}/*`], kind: 'role', account };
  }
  return { patterns: [arn], kind: kind === 'user' ? 'user' : 'principal', account };
}

function bucketIn(uri: string): readonly string[] {
  const bucket = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/|$)/.exec(uri)?.[1];
  return bucket === undefined ? [] : [`arn:*:s3:::${bucket}`, `arn:*:s3:::${bucket}/*`];
}

/** `https://sqs.eu-west-1.amazonaws.com/111122223333/name`; where the host names no Region, that of any. */
function queueIn(url: string): readonly string[] {
  const [, host = '', account, name] = /^https?:\/\/([A-Za-z0-9.:-]+)\/(\d{12})\/([A-Za-z0-9_.-]+)$/.exec(url) ?? [];
  const region = /(?:^|\.)sqs[.-]([a-z]{2,}(?:-[a-z]+)+-\d+)\./.exec(host)?.[1] ?? '*';
  return account === undefined ? [] : [`arn:*:sqs:${region}:${account}:${name}`];
}

/**
 * RDS names a database or cluster in its host, `NAME.HASH.REGION.rds.amazonaws.com` or `NAME.cluster-HASH...`, and not its account: one of the same name
 * elsewhere is left alone, too. https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Endpoints.Cluster.html
 */
function databaseIn(url: string): readonly string[] {
  const host = /^postgres(?:ql)?:\/\/(?:[^@/]*@)?([^:/?]+)/.exec(url)?.[1] ?? '';
  const [, name, at = '', region] = /^([a-z][a-z0-9-]*)\.([a-z0-9-]+)\.([a-z0-9-]+)\.rds\.amazonaws\.com(?:\.cn)?$/.exec(host) ?? [];
  if (name === undefined) return [];
  const cluster = `arn:*:rds:${region}:*:cluster:${name}`;
  // The machines of a cluster have names of their own.
  return at.startsWith('cluster-') || at.startsWith('proxy-') ? [cluster] : [`arn:*:rds:${region}:*:db:${name}`, cluster];
}
