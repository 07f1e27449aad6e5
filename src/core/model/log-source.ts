/**
 * A log that AWS can write and that detection needs: what it would show, and how AWS charges for it. Prices differ by
 * Region and change, so the unit is told and not the sum; `source` says where AWS tells the price, `asOf` when the
 * unit was read.
 */
export interface LogSource {
  readonly id: string;
  readonly name: string;
  /** What attacks become visible with it, in one sentence. */
  readonly shows: string;
  /** The unit that AWS bills, in one sentence. */
  readonly cost: string;
  readonly source: string;
  readonly asOf: string;
}

const asOf = '2026-11-22';

export const logSources = [
  {
    id: 'cloudtrail.management',
    name: 'CloudTrail management events',
    shows: 'Who changed what in the account: keys, roles, policies, trails, security groups.',
    cost: 'The first copy in each Region is free; further copies are billed per event; S3 storage per GB-month.',
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html',
    asOf,
  },
  {
    id: 'cloudtrail.data.s3',
    name: 'CloudTrail data events for S3',
    shows: 'Which objects were read, overwritten or deleted, by whom: theft and ransom of data in buckets.',
    cost: 'Per event delivered, the first copy too; so by the number of requests to the chosen buckets.',
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html',
    asOf,
  },
  {
    id: 'cloudtrail.data.lambda',
    name: 'CloudTrail data events for Lambda',
    shows: 'Which functions were invoked, by whom: a function used as a way in or as a tool.',
    cost: 'Per event delivered, the first copy too; so by the number of invocations of the chosen functions.',
    source: 'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-trail-manage-costs.html',
    asOf,
  },
  {
    id: 'vpc.flow',
    name: 'VPC flow logs',
    shows: 'Which machine talked to which address and how much: scanning, mining, exfiltration, lateral movement.',
    cost: 'Per GB delivered, as a vended log; storage per GB-month where it is kept.',
    source: 'https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html',
    asOf,
  },
  {
    id: 'route53.resolver',
    name: 'Route 53 Resolver query logs',
    shows: 'Which names machines looked up: command and control, DNS tunnels, mining pools.',
    cost: 'Per GB delivered to the chosen place (CloudWatch Logs, S3 or Firehose), as a vended log.',
    source: 'https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs.html',
    asOf,
  },
  {
    id: 's3.access',
    name: 'S3 server access logs',
    shows: 'Requests to a bucket, anonymous ones among them; delivery is best effort, so it proves no absence.',
    cost: 'Delivery is free; storage of the logs per GB-month.',
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerLogs.html',
    asOf,
  },
  {
    id: 'eks.audit',
    name: 'EKS audit logs',
    shows: 'What was asked of the Kubernetes API and by whom: new privileged pods, stolen service accounts.',
    cost: 'CloudWatch Logs rates: per GB ingested and per GB-month kept.',
    source: 'https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html',
    asOf,
  },
  {
    id: 'rds.audit',
    name: 'RDS engine and audit logs',
    shows: 'Sign-ins at the database, failed ones too, and with audit enabled the statements.',
    cost: 'CloudWatch Logs rates when exported: per GB ingested and per GB-month kept.',
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html',
    asOf,
  },
] as const satisfies readonly LogSource[];

export type LogSourceId = (typeof logSources)[number]['id'];
