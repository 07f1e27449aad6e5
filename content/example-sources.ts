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
};
