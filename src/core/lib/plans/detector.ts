import type { Evidence } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Playbook, Target } from '../../model/plan.ts';
import { namedTargets } from './named-targets.ts';

/** Detectors of GuardDuty that these calls were about; `params` as in `namedTargets`. */
export function detectorTargets(
  operations: readonly string[],
  params?: (evidence: readonly Evidence[]) => JsonObject | null,
): Playbook['targets'] {
  return (finding) =>
    namedTargets(finding, {
      service: 'guardduty',
      resource: /^detector\/(?<detectorId>[0-9a-f]{32})$/,
      operations,
      ...(params === undefined ? {} : { params }),
    });
}

export function detectorInput({ params }: Target): { readonly DetectorId: string } {
  return { DetectorId: String(params['detectorId']) };
}

/** The target of examples. */
export function exampleDetector(params: JsonObject = {}): Target {
  const detectorId = '12abc34d567e8fa901bc2d34e56789f0';
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: `arn:aws:guardduty:eu-central-1:111122223333:detector/${detectorId}`,
    params: { detectorId, ...params },
  };
}
