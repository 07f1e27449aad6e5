import { partitionOf } from '../../lib/arn.ts';
import { parseAddress } from '../../lib/cidr.ts';
import { clip } from '../../lib/clip.ts';
import { listAt, textAt } from '../../lib/json-at.ts';
import { attackVersion, tactics, techniques } from '../../model/attack.ts';
import type { Actor, Evidence, Finding, FindingState, ResourceRef, RuleRef } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import { ocsfClasses, ocsfStatuses, ocsfVersion } from '../../model/ocsf.ts';
import { severityIds } from '../../model/severity.ts';

/** Enough for every identifier that AWS gives out; what is longer is an attempt to fill the reader's memory. */
const limit = 8192;

/**
 * The finding as an OCSF event of the class of its kind. It is a function of the finding
 * alone, so it has no product version, worker or processing time in it. With `state`, the finding's life at the
 * moment of the export is added as `status`; that is not part of the finding. `updatedAt`: the reader has an earlier version, and this one is of
 * that time, in milliseconds since 1970.
 */
export function toOcsf(finding: Finding, state?: FindingState, updatedAt?: number): JsonObject {
  const { uid: classUid, name: className } = ocsfClasses[finding.kind];
  const activity =
    state === 'resolved' || state === 'retracted'
      ? { id: 3, name: 'Close' }
      : updatedAt === undefined
        ? { id: 1, name: 'Create' }
        : { id: 2, name: 'Update' };
  const rule = finding.rule;
  return {
    activity_id: activity.id,
    activity_name: activity.name,
    category_name: 'Findings',
    category_uid: 2,
    class_name: className,
    class_uid: classUid,
    cloud: cloudOf(finding.account, finding.region),
    count: finding.count.n,
    end_time: finding.lastTime,
    finding_info: {
      analytic: {
        desc: text(rule.description),
        name: text(rule.title),
        type: 'Rule',
        type_id: 1,
        uid: text(rule.id),
        version: String(rule.major),
      },
      ...some('attacks', attacksOf(rule)),
      desc: text(rule.description === '' ? finding.message : rule.description),
      first_seen_time: finding.firstTime,
      last_seen_time: finding.lastTime,
      ...(updatedAt === undefined ? {} : { modified_time: updatedAt }),
      ...(finding.imported === undefined ? {} : { src_url: text(finding.imported.url) }),
      ...some('related_events', finding.evidence.map(relatedEvent)),
      related_events_count: finding.count.n,
      title: text(rule.title),
      types: [text(rule.id)],
      uid: finding.id,
    },
    message: text(finding.message),
    metadata: {
      event_code: text(rule.id),
      product: { name: 'jobzero', uid: 'jobzero', vendor_name: 'jobzero' },
      profiles: ['cloud'],
      tenant_uid: text(finding.tenant),
      uid: finding.revision,
      version: ocsfVersion,
    },
    ...some('observables', observablesOf(finding)),
    ...some('resources', finding.resources.map(resourceOf)),
    severity: finding.severity,
    severity_id: severityIds[finding.severity],
    start_time: finding.firstTime,
    ...(state === undefined ? {} : { status: ocsfStatuses[state].name, status_id: ocsfStatuses[state].id }),
    time: updatedAt ?? finding.lastTime,
    type_name: `${className}: ${activity.name}`,
    type_uid: classUid * 100 + activity.id,
    unmapped: {
      ...(finding.baseline === undefined ? {} : { baseline: clean(finding.baseline as unknown as Json) }),
      bucket: finding.bucket,
      count_is_at_least: finding.count.atLeast,
      group: clean(finding.group),
      ...(finding.imported === undefined ? {} : { imported: clean(finding.imported as unknown as Json) }),
      revision: finding.revision,
      ...(finding.travel === undefined ? {} : { travel: clean(finding.travel as unknown as Json) }),
      ...(finding.volume === undefined ? {} : { volume: clean(finding.volume as unknown as Json) }),
    },
    ...byKind(finding),
  };
}

/** What the class of each kind of finding has of its own. */
function byKind(finding: Finding): JsonObject {
  const { kind, rule, message, evidence, severity, imported } = finding;
  const isAlert = severityIds[severity] >= severityIds.High;
  switch (kind) {
    case 'compliance':
      return { compliance: { control: text(rule.id), standards: ['jobzero'], status: 'Fail', status_detail: text(message), status_id: 3 } };
    case 'vulnerability':
      return { vulnerabilities: evidence.map((one) => vulnerabilityOf(one, imported?.type ?? rule.id, rule)) };
    case 'detection':
    case 'data-security':
      return { ...some('evidences', evidence.map(evidenceOf)), is_alert: isAlert };
    default:
      return kind satisfies never;
  }
}

/** https://schema.ocsf.io/1.6.0/objects/vulnerability */
function vulnerabilityOf({ kept }: Evidence, id: string, rule: RuleRef): JsonObject {
  const packages = listAt(kept, 'packages').flatMap((one): JsonObject[] => {
    const [name, version, fixed] = ['name', 'version', 'fixedInVersion'].map((member) => textAt(one, member));
    if (name === null || name === undefined) return [];
    return [{ ...(fixed == null ? {} : { fixed_in_version: text(fixed) }), name: text(name), version: text(version ?? '') }];
  });
  return {
    ...some('affected_packages', packages),
    ...(/^CVE-\d{4}-\d{4,}$/.test(id) ? { cve: { uid: id } } : {}),
    desc: text(rule.description),
    is_exploit_available: textAt(kept, 'exploitAvailable') === 'YES',
    is_fix_available: ['YES', 'PARTIAL'].includes(textAt(kept, 'fixAvailable') ?? ''),
    title: text(rule.title),
  };
}

const text = (value: string): string => clip(value, limit);

/** A member that is left out when its list is empty. */
function some(name: string, list: readonly Json[]): JsonObject {
  return list.length === 0 ? {} : { [name]: list };
}

/** Well-formed and bounded texts everywhere inside, keys included. */
function clean(value: Json): Json {
  if (typeof value === 'string') return text(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(clean);
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [text(key), clean(member)]));
}

function accountOf(account: string): JsonObject {
  return { type: 'AWS Account', type_id: 10, uid: text(account) };
}

function cloudOf(account: string, region: string): JsonObject {
  return {
    ...(account === '' ? {} : { account: accountOf(account) }),
    provider: 'AWS',
    ...(region === '' ? {} : { region: text(region) }),
  };
}

/**
 * One entry for each technique and tactic that belong together by ATT&CK and that the rule names both; what has no
 * partner stands alone. A tactic that the version does not have (a rule for an older one) has no version.
 */
export function attacksOf(rule: Pick<RuleRef, 'techniques' | 'tactics'>): JsonObject[] {
  const alone = new Set(rule.tactics);
  const pairs = rule.techniques.flatMap((id): JsonObject[] => {
    const known = techniques.get(id);
    const technique = techniqueOf(id, known?.name);
    const mine =
      known === undefined
        ? rule.tactics.filter((_, __, all) => all.length === 1)
        : rule.tactics.filter((name) => known.tactics.includes(name));
    for (const name of mine) alone.delete(name);
    if (mine.length === 0) return [{ ...technique, version: attackVersion }];
    return mine.map((name) => ({ ...technique, ...tacticOf(name) }));
  });
  return [...pairs, ...rule.tactics.filter((name) => alone.has(name)).map(tacticOf)];
}

/** A sub-technique's name in our list begins with its technique's: `Account Manipulation: Additional Cloud Credentials`. */
function techniqueOf(id: string, name: string | undefined): JsonObject {
  const dot = id.indexOf('.');
  if (dot < 0) return { technique: { ...(name === undefined ? {} : { name }), uid: text(id) } };
  const colon = name?.indexOf(': ') ?? -1;
  const names = name === undefined || colon < 0 ? null : { technique: name.slice(0, colon), sub: name.slice(colon + 2) };
  return {
    sub_technique: { ...(names === null ? {} : { name: names.sub }), uid: text(id) },
    technique: { ...(names === null ? {} : { name: names.technique }), uid: text(id.slice(0, dot)) },
  };
}

function tacticOf(name: string): JsonObject {
  const known = tactics.get(name);
  if (known !== undefined) return { tactic: { name: known.name, uid: known.id }, version: attackVersion };
  // Defense Evasion was split in version 19; rules written before still say so.
  return { tactic: name === 'defense-evasion' ? { name: 'Defense Evasion', uid: 'TA0005' } : { name: text(name) } };
}

/** The record behind it is an API Activity event (6003); its activity is not judged again here. */
function relatedEvent(evidence: Evidence): JsonObject {
  return {
    first_seen_time: evidence.time,
    title: text(`${evidence.service} ${evidence.operation}`),
    type: 'API Activity: Unknown',
    type_uid: 600300,
    uid: text(evidence.id),
  };
}

function resourceOf(resource: ResourceRef): JsonObject {
  return {
    cloud_partition: partitionOf(resource.region),
    name: text(resource.name),
    ...(resource.account === '' ? {} : { owner: { account: accountOf(resource.account) } }),
    ...(resource.region === '' ? {} : { region: text(resource.region) }),
    type: text(resource.type),
    uid: text(resource.uid),
  };
}

const userTypes: ReadonlyMap<string, number> = new Map([
  ['IAMUser', 1],
  ['Root', 2],
  ['AWSService', 4],
]);

function actorOf(actor: Actor): JsonObject {
  return {
    ...(actor.issuer === undefined
      ? {}
      : { session: { issuer: text(actor.issuer), uid: text(actor.principalId ?? actor.uid), uid_alt: text(actor.uid) } }),
    user: {
      ...(actor.account === undefined || actor.account === '' ? {} : { account: accountOf(actor.account) }),
      name: text(actor.name),
      ...(actor.accessKeyId === undefined ? {} : { programmatic_credentials: [{ type: 'AWS Access Key', uid: text(actor.accessKeyId) }] }),
      type: text(actor.type),
      type_id: userTypes.get(actor.type) ?? 99,
      uid: text(actor.uid),
      ...(actor.principalId === undefined ? {} : { uid_alt: text(actor.principalId) }),
    },
  };
}

function evidenceOf(evidence: Evidence): JsonObject {
  const { actor, ip, userAgent, error, kept } = evidence;
  return {
    ...(actor === undefined ? {} : { actor: actorOf(actor) }),
    api: {
      operation: text(evidence.operation),
      ...(error === undefined ? {} : { response: { error: text(error) } }),
      service: { name: text(evidence.service) },
    },
    data: {
      account: text(evidence.account),
      key: text(evidence.key),
      ...(kept === undefined ? {} : { kept: clean(kept) }),
      region: text(evidence.region),
      ...(evidence.resource === undefined ? {} : { resource: text(evidence.resource.uid) }),
      rule: text(evidence.rule),
      time: evidence.time,
    },
    ...(userAgent === undefined ? {} : { http_request: { user_agent: text(userAgent) } }),
    name: text(evidence.rule),
    // CloudTrail puts an AWS service's name where a service called for the customer, and logs hold impossible addresses.
    ...(ip === undefined ? {} : { src_endpoint: parseAddress(ip) === null ? { name: text(ip) } : { ip } }),
    uid: text(evidence.id),
  };
}

/** What a reader pivots on. `name` points at where the value stands in the event. */
function observablesOf(finding: Finding): JsonObject[] {
  const seen = new Set<string>();
  const found: JsonObject[] = [];
  const add = (name: string, typeId: number, type: string, value: string | undefined): void => {
    if (value === undefined || value === '' || seen.has(`${typeId} ${value}`)) return;
    seen.add(`${typeId} ${value}`);
    found.push({ name, type, type_id: typeId, value: text(value) });
  };
  finding.resources.forEach((resource, i) => {
    add(`resources[${i}].uid`, 10, 'Resource UID', resource.uid);
  });
  // The actors of what stands are not part of it: its class has no evidences.
  if (finding.kind === 'compliance' || finding.kind === 'vulnerability') return found;
  finding.evidence.forEach(({ actor, ip, userAgent }, i) => {
    if (ip !== undefined && parseAddress(ip) !== null) add(`evidences[${i}].src_endpoint.ip`, 2, 'IP Address', ip);
    add(`evidences[${i}].actor.user.name`, 4, 'User Name', actor?.name);
    add(`evidences[${i}].http_request.user_agent`, 16, 'HTTP User-Agent', userAgent);
    add(`evidences[${i}].actor.user.programmatic_credentials[0].uid`, 19, 'User Credential ID', actor?.accessKeyId);
  });
  return found;
}
