import type { Finding } from '../model/finding.ts';
import { partitionOf } from './arn.ts';
import { controlTypes } from './generated/control-types.ts';
import { idOf } from './hash.ts';

/** Controls have one meaning for their life: another meaning is another id. */
export const controlMajor = 1;

/** The id that a failure of this control at this resource has, so that it can be looked up when it passes again. */
export function weaknessId(tenant: string, control: string, resource: string): string {
  return idOf(tenant, control, controlMajor, { resource }, 0);
}

/** One setting of one resource that is not as it should be, whoever says so. */
export interface Weakness {
  readonly control: string;
  /** The id of the finding that our control makes of it, or would make. */
  readonly id: string;
}

/**
 * The weakness that a finding tells of: of ours its own, of one of AWS's services that of the one control of ours which judges such a resource and
 * answers such a type. Null where no control of ours says the same, or where several do: then it says more than one of them.
 */
export function weaknessOf({ tenant, id, kind, rule, account, region, resources, imported }: Finding): Weakness | null {
  if (kind !== 'compliance') return null;
  if (imported === undefined) return controlTypes.has(rule.id) ? { control: rule.id, id } : null;
  // What others than AWS's own services may write stands for itself.
  if (!imported.trusted || imported.sample === true) return null;
  const [resource] = resources;
  if (resource === undefined || resource.account !== account) return null;
  const [control, ...more] = imported.answers.filter((one) => controlTypes.get(one) === resource.type);
  if (control === undefined || more.length > 0) return null;
  // The services of AWS have no ARN for an account; ours is that of its root.
  const uid = resource.type === 'AWS::::Account' ? `arn:${partitionOf(region)}:iam::${account}:root` : resource.uid;
  return { control, id: weaknessId(tenant, control, uid) };
}
