import { listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { firstText, objectOf, present, timeOf } from './members.ts';
import { unflatten } from './unflatten.ts';

/** The flow log's fields of a Network Activity (4001), as texts; a field that Security Lake does not keep is not there. */
export function toFlow(record: JsonObject): JsonObject {
  const text = (...paths: readonly string[]) => firstText(record, ...paths) ?? undefined;
  const seconds = (name: string) => {
    const time = timeOf(record, name);
    return time === null ? undefined : String(Math.floor(time / 1000));
  };
  const disposition = text('disposition', 'unmapped.action', 'activity_name') ?? '';
  const direction = text('connection_info.direction') ?? '';
  return present({
    version: text('metadata.product.version'),
    'account-id': text('cloud.account.uid', 'cloud.account_uid'),
    region: text('cloud.region'),
    'az-id': text('cloud.zone'),
    'interface-id': text('src_endpoint.interface_uid', 'dst_endpoint.interface_uid'),
    'instance-id': text('src_endpoint.instance_uid', 'dst_endpoint.instance_uid'),
    'vpc-id': text('src_endpoint.vpc_uid', 'dst_endpoint.vpc_uid'),
    'subnet-id': text('src_endpoint.subnet_uid', 'dst_endpoint.subnet_uid'),
    srcaddr: text('src_endpoint.ip'),
    srcport: text('src_endpoint.port'),
    dstaddr: text('dst_endpoint.ip'),
    dstport: text('dst_endpoint.port'),
    protocol: text('connection_info.protocol_num'),
    'tcp-flags': text('connection_info.tcp_flags'),
    packets: text('traffic.packets'),
    bytes: text('traffic.bytes'),
    start: seconds('start_time') ?? seconds('time'),
    end: seconds('end_time'),
    action: /^(allow|accept)/i.test(disposition) ? 'ACCEPT' : /^(block|reject|refuse|den)/i.test(disposition) ? 'REJECT' : undefined,
    'flow-direction': /^in/i.test(direction) ? 'ingress' : /^out/i.test(direction) ? 'egress' : undefined,
    'log-status': text('status_code'),
  });
}

/** The query log's record of a DNS Activity (4003). */
export function toQuery(record: JsonObject, time: number): JsonObject {
  const text = (...paths: readonly string[]) => firstText(record, ...paths) ?? undefined;
  return present({
    version: text('metadata.product.version'),
    account_id: text('cloud.account.uid', 'cloud.account_uid'),
    region: text('cloud.region'),
    vpc_id: text('src_endpoint.vpc_uid'),
    query_timestamp: new Date(time).toISOString().replace(/\.000Z$/, 'Z'),
    query_name: text('query.hostname'),
    query_type: text('query.type'),
    query_class: text('query.class'),
    rcode: text('rcode'),
    answers: listAt(record, 'answers').map((answer) =>
      present({ Rdata: textAt(answer, 'rdata'), Type: textAt(answer, 'type'), Class: textAt(answer, 'class') }),
    ),
    srcaddr: text('src_endpoint.ip'),
    srcport: text('src_endpoint.port'),
    transport: text('connection_info.protocol_name')?.toUpperCase(),
    srcids: present({ instance: text('src_endpoint.instance_uid') }),
    firewall_rule_action: text('unmapped.firewall_rule_action', 'disposition'),
    firewall_rule_group_id: text('unmapped.firewall_rule_group_id'),
  });
}

/** The audit event of an API Activity (6003) of EKS. */
export function toAudit(record: JsonObject, time: number): JsonObject {
  const rest = unflatten(objectOf(record['unmapped']) ?? {});
  const text = (...paths: readonly string[]) => firstText(record, ...paths) ?? undefined;
  const [resource] = listAt(record, 'resources');
  const code = valueAt(record, 'api', 'response', 'code');
  const user = restOf(rest['user']);
  const reference = restOf(rest['objectRef']);
  return {
    ...rest,
    ...present({
      kind: 'Event',
      auditID: text('metadata.uid', 'api.request.uid'),
      stage: rest['stage'] ?? text('activity_name_stage') ?? 'ResponseComplete',
      verb: text('api.operation') ?? rest['verb'],
      requestURI: text('http_request.url.path', 'http_request.url.url_string') ?? rest['requestURI'],
      userAgent: text('http_request.user_agent'),
      sourceIPs: rest['sourceIPs'] ?? listOf(text('src_endpoint.ip')),
      requestReceivedTimestamp: new Date(time).toISOString(),
      user: present({
        ...user,
        username: text('actor.user.name') ?? user['username'],
        uid: text('actor.user.uid') ?? user['uid'],
        groups: groupsOf(record) ?? user['groups'],
      }),
      objectRef: present({
        ...reference,
        resource: textAt(resource, 'type') ?? reference['resource'],
        name: textAt(resource, 'name') ?? reference['name'],
        namespace: textAt(resource, 'namespace') ?? reference['namespace'],
      }),
      requestObject: objectOf(valueAt(record, 'api', 'request', 'data')) ?? rest['requestObject'],
      responseObject: objectOf(valueAt(record, 'api', 'response', 'data')) ?? rest['responseObject'],
      responseStatus: typeof code === 'number' ? { code } : rest['responseStatus'],
    }),
  };
}

function restOf(value: Json | undefined): JsonObject {
  return objectOf(value) ?? {};
}

function listOf(text: string | undefined): Json | undefined {
  return text === undefined ? undefined : [text];
}

function groupsOf(record: JsonObject): Json | undefined {
  const names = listAt(record, 'actor', 'user', 'groups').flatMap((group) => textAt(group, 'name') ?? []);
  return names.length === 0 ? undefined : names;
}
