import type { Actor, Evidence, Finding, ResourceRef } from '../model/finding.ts';
import type { JsonObject } from '../model/json.ts';
import type { Target } from '../model/plan.ts';
import { parseArn, partitionOf } from './arn.ts';
import { canonicalJson } from './canonical-json.ts';

/** What one event of a finding, or the resource that a control judged, is about. */
export interface About {
  readonly account: string;
  readonly region: string;
  readonly partition: string;
  /** The name of the resource; of an ARN what stands behind the account. Empty where none is named. */
  readonly name: string;
  /** The ARN, or what the log has in its place. */
  readonly uid: string;
  readonly type: string;
  /** The call; empty for a control. */
  readonly operation: string;
  readonly error: boolean;
  /** When it was called, in milliseconds since 1970. */
  readonly time: number;
  /** What the rule keeps. */
  readonly kept: JsonObject;
  readonly actor: Actor | undefined;
}

/** A target without what every target has. Absent: the account and Region of what it is about. */
export interface Named {
  readonly uid: string;
  readonly params: JsonObject;
  readonly region?: string;
}

/**
 * The targets that a finding names: of each event that AWS did not refuse, or of each resource of a control, what `make`
 * makes of it; each once. What lies in another account than the finding is left out: it is not ours to change.
 */
export function targetsOf(finding: Finding, make: (about: About) => Named | readonly Named[] | null): readonly Target[] {
  const abouts = finding.kind === 'detection' ? finding.evidence.map((one) => ofEvidence(finding, one)) : finding.resources.map(ofResource);
  const targets = abouts
    .filter(({ account, error }) => account === finding.account && !error)
    .flatMap((about) => {
      const made = make(about);
      const all: readonly Named[] = made === null ? [] : Array.isArray(made) ? (made as readonly Named[]) : [made as Named];
      return all.map(({ uid, params, region }): Target => ({ account: about.account, region: region ?? about.region, uid, params }));
    });
  return [...new Map(targets.map((target) => [canonicalJson(target), target])).values()];
}

function ofEvidence(finding: Finding, { account, region, operation, error, time, kept, actor, resource }: Evidence): About {
  return {
    ...ofRef(resource, { account, region }),
    operation,
    error: error !== undefined,
    time,
    kept: kept ?? {},
    actor: actor ?? finding.actor,
  };
}

function ofResource(resource: ResourceRef): About {
  return { ...ofRef(resource, resource), operation: '', error: false, time: 0, kept: {}, actor: undefined };
}

function ofRef(
  resource: ResourceRef | undefined,
  { account, region }: { readonly account: string; readonly region: string },
): Pick<About, 'account' | 'region' | 'partition' | 'name' | 'uid' | 'type'> {
  const { uid = '', name = '', type = '' } = resource ?? {};
  const arn = parseArn(name);
  // An ARN names the account and the Region of what it is about; those of global services name none.
  const place = arn === null ? { account, region } : { account: arn.account || account, region: arn.region || region };
  return { ...place, partition: partitionOf(place.region), name: arn === null ? name : arn.resource, uid, type };
}
