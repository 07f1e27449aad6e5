import type { Host } from './hosts.ts';

/** One flow of one window, seen at one interface. Times are seconds since 1970. */
export interface Flow {
  readonly host: Host;
  readonly from: string;
  readonly to: string;
  readonly fromPort: number;
  readonly toPort: number;
  readonly protocol: 6 | 17 | 1;
  readonly packets: number;
  readonly bytes: number;
  readonly start: number;
  readonly end: number;
  readonly action: 'ACCEPT' | 'REJECT';
}

/** Order of fields of a flow log; the values are in https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
export interface FlowFormat {
  readonly header: string;
  readonly line: (flow: Flow) => string;
  /** The line of a window in which an interface had no traffic, or of which records were skipped. */
  readonly empty: (host: Host, start: number, end: number, status: 'NODATA' | 'SKIPDATA') => string;
}

/** The default format, version 2. */
export const defaultFormat: FlowFormat = {
  header: 'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
  line: ({ host, from, to, fromPort, toPort, protocol, packets, bytes, start, end, action }) =>
    `2 ${host.account} ${host.networkInterface} ${from} ${to} ${fromPort} ${toPort} ${protocol} ${packets} ${bytes} ${start} ${end} ${action} OK`,
  empty: (host, start, end, status) => `2 ${host.account} ${host.networkInterface} - - - - - - - ${start} ${end} - ${status}`,
};

/** A custom format with fields of version 5, in an order of its own. */
export const customFormat: FlowFormat = {
  header:
    'version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags log-status flow-direction traffic-path',
  line: ({ host, from, to, fromPort, toPort, protocol, packets, bytes, start, end, action }) => {
    const out = from === host.address;
    const flags = protocol !== 6 ? 0 : action === 'REJECT' ? 2 : 19;
    const path = !out ? '-' : to.startsWith('10.') ? 1 : 8;
    return `5 ${host.vpc} ${host.subnet} ${host.instance} ${host.networkInterface} ${host.account} IPv4 ${from} ${to} ${fromPort} ${toPort} ${from} ${to} ${protocol} ${bytes} ${packets} ${start} ${end} ${action} ${flags} OK ${out ? 'egress' : 'ingress'} ${path}`;
  },
  empty: (host, start, end, status) =>
    `5 ${host.vpc} ${host.subnet} ${host.instance} ${host.networkInterface} ${host.account} - - - - - - - - - - ${start} ${end} - - ${status} - -`,
};
