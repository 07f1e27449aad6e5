import { parseEventTime } from '../../lib/event-time.ts';
import { asObject, listAt, textAt, valueAt } from '../../lib/json-at.ts';
import type { Event, Words } from '../../model/event.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { JsonFormat, Surroundings } from '../log-format.ts';
import { recordEvent } from '../record-event.ts';
import { auditActor } from './audit-actor.ts';

/**
 * Audit events of a Kubernetes API server: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/. EKS
 * writes them into the log group `/aws/eks/CLUSTER/cluster`, beside the texts of the other parts of the control plane.
 */
export const eksAudit: JsonFormat = {
  source: 'aws.eks-audit',
  recognises: (record) =>
    typeof record['auditID'] === 'string' && (typeof record['verb'] === 'string' || typeof record['requestURI'] === 'string'),
  event: eksAuditEvent,
};

/**
 * Turns a record into an event; a text says why it is none. The record keeps Kubernetes' names and gets some more
 * members, since rules cannot ask for names with dots or for the last of a list: `cluster`, empty where it is not known;
 * `principal`, the AWS role or user behind the caller, whatever the session is called, else the caller's name;
 * `sourceIP`, the one address that the caller cannot choose; `decision` and `reason` of the authorizer.
 *
 * The time is that of the request's arrival: an `exec` ends hours after it began. The key is the record's hash and not
 * `auditID` and `stage`: a caller may choose the id by the header `Audit-ID`, and with one that was used before would hide behind it.
 */
export function eksAuditEvent(record: JsonObject, from: Surroundings): Event | string {
  const time = parseEventTime(record['requestReceivedTimestamp']) ?? parseEventTime(record['stageTimestamp']);
  if (time === null) return 'requestReceivedTimestamp and stageTimestamp are missing or no times';
  const principal = textAt(listAt(record, 'user', 'extra', 'canonicalArn')[0]) ?? textAt(record, 'user', 'username');
  const ip = textAt(listAt(record, 'sourceIPs').at(-1));
  const decision = textAt(record, 'annotations', 'authorization.k8s.io/decision');
  const reason = textAt(record, 'annotations', 'authorization.k8s.io/reason');
  const raw: JsonObject = {
    ...record,
    cluster: clusterOf(from.logGroup),
    ...(principal === null ? {} : { principal }),
    ...(ip === null ? {} : { sourceIP: ip }),
    ...(decision === null ? {} : { decision }),
    ...(reason === null ? {} : { reason }),
  };
  return recordEvent('aws.eks-audit', raw, time, () => wordsOf(raw, from.owner ?? null), record);
}

function clusterOf(logGroup: string | undefined): string {
  return /^\/aws\/eks\/([^/]{1,100})\/cluster$/.exec(logGroup ?? '')?.[1] ?? '';
}

function wordsOf(raw: JsonObject, owner: string | null): Words {
  const actor = auditActor(raw);
  const account = owner ?? actor?.account ?? '';
  const ip = textAt(raw, 'sourceIP');
  const userAgent = textAt(raw, 'userAgent');
  const error = errorOf(raw);
  const resource = resourceOf(raw, account);
  return {
    operation: operationOf(raw),
    service: 'kubernetes',
    account,
    region: '',
    ...(ip === null ? {} : { ip }),
    ...(userAgent === null ? {} : { userAgent }),
    ...(error === null ? {} : { error }),
    ...(actor === null ? {} : { actor }),
    ...(resource === null ? {} : { resource }),
  };
}

/** `create pods/exec`; of a request for no resource `get /healthz`. */
function operationOf(raw: JsonObject): string {
  const resource = textAt(raw, 'objectRef', 'resource');
  const sub = textAt(raw, 'objectRef', 'subresource');
  const about =
    resource === null ? (textAt(raw, 'requestURI') ?? '').replace(/\?.*$/s, '') : sub === null ? resource : `${resource}/${sub}`;
  return `${textAt(raw, 'verb') ?? ''} ${about}`.trim();
}

/** The reason that the server gave for a refusal or failure, such as `Forbidden`; the code where it gave none. */
function errorOf(raw: JsonObject): string | null {
  const code = valueAt(raw, 'responseStatus', 'code');
  if (typeof code !== 'number' || code < 400) return null;
  return textAt(raw, 'responseStatus', 'reason') ?? String(code);
}

/** The object of the request; one that is created with a generated name is named by the answer. */
function resourceOf(raw: JsonObject, account: string): ResourceRef | null {
  const kind = textAt(raw, 'objectRef', 'resource');
  if (kind === null) return null;
  const name = textAt(raw, 'objectRef', 'name') ?? nameIn(raw['responseObject']) ?? nameIn(raw['requestObject']) ?? '';
  const path = [textAt(raw, 'cluster'), textAt(raw, 'objectRef', 'namespace'), kind, name].filter((part) => part !== null && part !== '');
  return { account, name, region: '', type: `kubernetes/${kind}`, uid: path.join('/') };
}

function nameIn(object: Json | undefined): string | null {
  const metadata = asObject(asObject(object)?.['metadata']);
  return textAt(metadata, 'name') ?? textAt(metadata, 'generateName');
}
