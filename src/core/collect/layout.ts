import type { Surroundings } from './log-format.ts';

/** What AWS's layout of log objects says of all records in one; absent where the name does not tell. */
export interface Layout {
  readonly account?: string;
  readonly region?: string;
}

const account = /(?:^|[/=])(\d{12})(?=[/_]|$)/;
const region = /(?:^|[/=_])([a-z]{2,5}(?:-[a-z]{2,10}){1,2}-\d)(?=[/_]|$)/;

/**
 * Account and Region of records that do not say them. The owner of a group of CloudWatch Logs is the account; else they
 * are read out of an object's name: `AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/01/05/…`, the
 * Hive form `aws-account-id=111122223333/…/aws-region=us-east-1/`, or the file's own name
 * `111122223333_vpcflowlogs_us-east-1_fl-…`.
 */
export function layoutOf(from: Surroundings): Layout {
  const tail = from.object.slice(-512);
  const a = from.owner ?? account.exec(tail)?.[1];
  const r = region.exec(tail)?.[1];
  return { ...(a === undefined ? {} : { account: a }), ...(r === undefined ? {} : { region: r }) };
}
