import type { Host } from './hosts.ts';

/** One question to the resolver. `at` is milliseconds since 1970; the name has no dot at its end. */
export interface Query {
  readonly host: Host;
  readonly at: number;
  readonly name: string;
  readonly type: string;
  readonly code: string;
  readonly answers: readonly string[];
  readonly port: number;
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html */
export function queryLine({ host, at, name, type, code, answers, port }: Query): string {
  return JSON.stringify({
    version: '1.100000',
    account_id: host.account,
    region: host.region,
    vpc_id: host.vpc,
    query_timestamp: `${new Date(at).toISOString().slice(0, 19)}Z`,
    query_name: `${name}.`,
    query_type: type,
    query_class: 'IN',
    rcode: code,
    answers: answers.map((Rdata) => ({ Rdata, Type: type, Class: 'IN' })),
    srcaddr: host.address,
    srcport: String(port),
    transport: 'UDP',
    srcids: { instance: host.instance },
  });
}
