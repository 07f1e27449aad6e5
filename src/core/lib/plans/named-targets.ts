import type { Evidence, Finding } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Target } from '../../model/plan.ts';
import { parseArn, partitionOf } from '../arn.ts';

/** Which resources of a finding are targets, and what is needed of them. */
export interface Naming {
  /** The service in the ARN. */
  readonly service: string;
  /** What the ARN's last part must be; its named groups become parameters. It also keeps hostile names out of plans. */
  readonly resource: RegExp;
  /** Of a detection, only what these operations were done to. */
  readonly operations?: readonly string[];
  /** The ARNs that a piece of evidence names. Default: that of its resource. */
  readonly uids?: (evidence: Evidence) => readonly string[];
  /** In logs of the network an error is what a machine met, not that it did nothing: a name that is not there, a refused packet. */
  readonly despiteErrors?: true;
  /** Further parameters; null: the evidence does not say enough. Of a control the evidence is empty. */
  readonly params?: (evidence: readonly Evidence[], finding: Finding) => JsonObject | null;
}

const regionPattern = /^[a-z]+(-[a-z]+)+-\d+$/;

/** The resources that the evidence of a finding names, in its own account, each once. */
export function namedTargets(finding: Finding, naming: Naming): readonly Target[] {
  const { operations, uids = ({ resource }) => (resource === undefined ? [] : [resource.uid]) } = naming;
  const byUid = new Map<string, Evidence[]>();
  for (const evidence of finding.evidence) {
    // What AWS refused was not done.
    if (evidence.error !== undefined && naming.despiteErrors !== true) continue;
    if (operations !== undefined && !operations.includes(evidence.operation)) continue;
    for (const uid of uids(evidence)) {
      const of = byUid.get(uid) ?? [];
      byUid.set(uid, of);
      of.push(evidence);
    }
  }
  // Other services name what a finding is about; what was called does not tell it.
  if (finding.kind !== 'detection' || finding.imported !== undefined || (operations === undefined && naming.uids === undefined))
    for (const { uid } of finding.resources) if (!byUid.has(uid)) byUid.set(uid, []);
  return [...byUid].flatMap(([uid, evidence]) => targetOf(finding, uid, evidence, naming));
}

function targetOf(finding: Finding, uid: string, evidence: readonly Evidence[], naming: Naming): readonly Target[] {
  const arn = parseArn(uid);
  const listed = finding.resources.find((resource) => resource.uid === uid) ?? evidence[0]?.resource;
  if (arn === null || arn.service !== naming.service) return [];
  // The ARN of a bucket has no account: who owns it, the event's own account tells.
  if ((arn.account === '' ? (listed?.account ?? finding.account) : arn.account) !== finding.account) return [];
  const match = naming.resource.exec(arn.resource);
  const region = [arn.region, listed?.region, finding.region].find((one) => one !== undefined && regionPattern.test(one));
  const more = naming.params === undefined ? {} : naming.params(evidence, finding);
  if (match === null || region === undefined || more === null) return [];
  const named = Object.fromEntries(Object.entries(match.groups ?? {}).filter(([, value]) => value !== undefined));
  return [{ account: finding.account, region, uid, params: { ...named, ...more } }];
}

/** The texts that the evidence kept under a name, each once, sorted: a value may be a text, or lists of texts in lists. */
export function keptTexts(evidence: readonly Evidence[], name: string, pattern: RegExp): readonly string[] {
  const found = new Set<string>();
  for (const { kept } of evidence) for (const text of textsIn(kept?.[name] ?? null, 0)) if (pattern.test(text)) found.add(text);
  return [...found].sort();
}

function textsIn(value: Json, depth: number): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value === 'number' || typeof value === 'boolean') return [String(value)];
  if (typeof value !== 'object' || value === null || depth > 8) return [];
  return Object.values(value).flatMap((member: Json) => textsIn(member, depth + 1));
}

/**
 * ARNs of what the evidence kept by name: kept name -> what the ARN's last part begins with. A value that is an ARN stays as it is.
 * Only names that AWS gives: a wildcard would widen the session.
 */
export function keptArns(
  service: string,
  prefixes: { readonly [kept: string]: string },
  pattern: RegExp = /^[A-Za-z0-9][A-Za-z0-9._/+=@:-]{0,511}$/,
): (evidence: Evidence) => readonly string[] {
  return (evidence) =>
    Object.entries(prefixes).flatMap(([name, prefix]) =>
      keptTexts([evidence], name, pattern).map((value) =>
        value.startsWith('arn:')
          ? value
          : `arn:${partitionOf(evidence.region)}:${service}:${evidence.region}:${evidence.account}:${prefix}${value}`,
      ),
    );
}
