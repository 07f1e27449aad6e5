import { parseEventTime } from '../src/core/lib/event-time.ts';
import type { JsonObject } from '../src/core/model/json.ts';
import type { Source } from '../src/core/model/source.ts';

/** How examples of one source are written: what stands in each of them, and the text in which the source delivers it. */
interface ExampleSource {
  readonly ordinary: JsonObject;
  /** The text of a filled record; `n` counts the events of an example, `time` is its time unless it says another. */
  text(record: JsonObject, n: number, time: string): string;
}

const owner = '111122223333';

/** A message as a subscription of CloudWatch Logs delivers it. */
function logBatch(logGroup: string, message: string): string {
  return JSON.stringify({ messageType: 'DATA_MESSAGE', owner, logGroup, logStream: 'stream', logEvents: [{ timestamp: 0, message }] });
}

/** Examples of rules that ask CloudTrail are made by `example-event.ts`; these are those of all other sources. */
export const exampleSources: { readonly [source in Source]?: ExampleSource } = {
  'aws.vpc-flow': {
    ordinary: {
      version: '5',
      'account-id': owner,
      'interface-id': 'eni-0123456789abcdef0',
      srcaddr: '10.0.0.5',
      dstaddr: '198.51.100.7',
      srcport: '51234',
      dstport: '443',
      protocol: '6',
      packets: '12',
      bytes: '4800',
      action: 'ACCEPT',
      'log-status': 'OK',
      'instance-id': 'i-0123456789abcdef0',
      region: 'us-east-1',
    },
    // The header of a file says which columns there are.
    text: (record, _, time) => {
      const start = (parseEventTime(time) ?? 0) / 1000;
      const row: JsonObject = { start, end: start + 60, ...record };
      return `${Object.keys(row).join(' ')}\n${Object.values(row).join(' ')}\n`;
    },
  },
  'aws.route53-resolver': {
    ordinary: {
      version: '1.100000',
      account_id: owner,
      region: 'us-east-1',
      vpc_id: 'vpc-0123456789abcdef0',
      query_name: 'www.example.com.',
      query_type: 'A',
      query_class: 'IN',
      rcode: 'NOERROR',
      answers: [],
      srcaddr: '10.0.0.5',
      srcport: '40000',
      transport: 'UDP',
      srcids: { instance: 'i-0123456789abcdef0' },
    },
    text: (record, n, time) => JSON.stringify({ query_timestamp: time, ...record, srcport: String(40_000 + n) }),
  },
  'aws.s3-access': {
    ordinary: {
      bucket: 'example-bucket',
      remote_ip: '192.0.2.10',
      requester: 'arn:aws:iam::111122223333:user/alice',
      operation: 'REST.GET.OBJECT',
      key: 'a.txt',
      request_uri: 'GET /a.txt HTTP/1.1',
      http_status: '200',
      error_code: null,
      user_agent: 'aws-cli/2.17.0',
    },
    text: (record, n, time) => {
      const at = new Date(time).toUTCString().replace(/^\w+, (\d\d) (\w+) (\d+) ([\d:]+) GMT$/, '$1/$2/$3:$4 +0000');
      const field = (name: string) => String(record[name] ?? '-');
      const id = `3E57427F${String(n).padStart(8, '0')}`;
      const asked = `${field('remote_ip')} ${field('requester')} ${id} ${field('operation')} ${field('key')} "${field('request_uri')}"`;
      const answered = `${field('http_status')} ${field('error_code')} 113 113 7 6 "-" "${field('user_agent')}" -`;
      return `${'79a59df900b949e5'.repeat(4)} ${field('bucket')} [${at}] ${asked} ${answered}`;
    },
  },
  'aws.eks-audit': {
    ordinary: {
      kind: 'Event',
      apiVersion: 'audit.k8s.io/v1',
      level: 'RequestResponse',
      stage: 'ResponseComplete',
      verb: 'get',
      requestURI: '/api',
      user: {
        username: 'alice',
        groups: ['developers', 'system:authenticated'],
        extra: {
          accessKeyId: ['ASIAIOSFODNN7EXAMPLE'],
          arn: ['arn:aws:sts::111122223333:assumed-role/developer/alice'],
          canonicalArn: ['arn:aws:iam::111122223333:role/developer'],
          sessionName: ['alice'],
        },
      },
      sourceIPs: ['192.0.2.10'],
      userAgent: 'kubectl/v1.33.0 (linux/amd64)',
      responseStatus: { code: 200 },
      annotations: { 'authorization.k8s.io/decision': 'allow' },
    },
    text: (record, n, time) =>
      logBatch(
        '/aws/eks/shop/cluster',
        JSON.stringify({
          requestReceivedTimestamp: time,
          ...record,
          auditID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
        }),
      ),
  },
  // Of all web logs, since the rules ask what they share.
  'aws.cloudfront': {
    ordinary: {
      'x-edge-location': 'FRA2-C1',
      DistributionId: 'EDFDVBD6EXAMPLE',
      'c-ip': '198.51.100.7',
      'cs-method': 'GET',
      'cs(Host)': 'd111111abcdef8.cloudfront.net',
      'x-host-header': 'www.example.com',
      'cs-uri-stem': '/',
      'sc-status': '200',
      'cs(User-Agent)': 'Mozilla/5.0%20(X11;%20Linux%20x86_64)',
    },
    text: (record, n, time) =>
      JSON.stringify({ date: time.slice(0, 10), time: time.slice(11, 19), ...record, 'x-edge-request-id': `example-${n}` }),
  },
  // Lines of PostgreSQL made of what an example says of them; of other engines the example has the `line`.
  'aws.rds': {
    ordinary: { user: 'app', database: 'shop', ip: '10.0.0.8', event: 'login' },
    text: (record, n, time) => logBatch('/aws/rds/instance/shop-db/log', String(record['line'] ?? postgresqlLine(record, n, time))),
  },
  'aws.cognito': {
    ordinary: {
      eventType: 'SignIn',
      userSub: 'sub-1',
      userName: 'alice',
      userPoolId: 'us-west-2_EXAMPLE',
      eventResponse: 'Pass',
      riskDecision: 'NoRisk',
      ipAddress: '198.51.100.7',
      country: 'Germany',
      compromisedCredentialDetected: 'false',
    },
    text: ({ at, ...message }, n, time) =>
      JSON.stringify({
        eventTimestamp: parseEventTime(at ?? time),
        eventSource: 'USER_ACTIVITY',
        message: { ...message, eventId: `event-${n}` },
        logSourceId: { userPoolId: 'us-west-2_EXAMPLE' },
      }),
  },
  ocsf: {
    ordinary: {
      class_uid: 3002,
      activity_id: 1,
      activity_name: 'Logon',
      status_id: 1,
      metadata: { version: '1.6.0', product: { name: 'Example SSO' } },
      user: { name: 'alice' },
      src_endpoint: { ip: '198.51.100.7', location: { country: 'DE' } },
    },
    text: ({ at, ...record }, n, time) =>
      JSON.stringify({
        ...record,
        time: parseEventTime(at ?? time),
        metadata: { version: '1.6.0', product: { name: 'Example SSO' }, uid: `event-${n}` },
      }),
  },
};

function postgresqlLine(record: JsonObject, n: number, time: string): string {
  const { user, database, ip, event, statement, error } = record;
  const at = String(record['time'] ?? time);
  const says =
    statement !== undefined
      ? `LOG:  statement: ${statement}`
      : error !== undefined
        ? `ERROR:  ${error}`
        : event === 'login'
          ? `LOG:  connection authorized: user=${user} database=${database} SSL enabled`
          : `FATAL:  password authentication failed for user "${user}"`;
  return `${at.slice(0, 10)} ${at.slice(11, 19)} UTC:${ip}(${40_000 + n}):${user}@${database}:[${1_000 + n}]:${says}`;
}
