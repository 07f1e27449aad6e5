/**
 * The fields of flow logs by the version that brought them.
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html
 */
const byVersion: { readonly [version: number]: string } = {
  2: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  3: 'vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr',
  4: 'region az-id sublocation-type sublocation-id',
  5: 'pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path',
  // Of transit gateways: https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html
  6:
    'resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id ' +
    'tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id ' +
    'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired',
  7:
    'ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id ' +
    'ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id',
  8: 'reject-reason',
  10: 'resource-id encryption-status',
};

export const knownFields: ReadonlySet<string> = new Set(Object.values(byVersion).flatMap((names) => names.split(' ')));

/** What CloudWatch Logs brings without a header when nobody has asked for other fields. */
export const defaultFields: readonly string[] = (byVersion[2] ?? '').split(' ');

/** The largest value that a field of whole numbers can have. */
export const largest: { readonly [field: string]: number } = {
  version: 99,
  srcport: 65_535,
  dstport: 65_535,
  protocol: 255,
  'tcp-flags': 255,
  'traffic-path': 255,
  packets: Number.MAX_SAFE_INTEGER,
  bytes: Number.MAX_SAFE_INTEGER,
  // The last second of the year 9999.
  start: 253_402_300_799,
  end: 253_402_300_799,
};

/** AWS spells the columns of Parquet files with underscores. */
export function textName(column: string): string {
  return column.replaceAll('_', '-');
}
