import type { Finding } from '../../model/finding.ts';
import type { Json, JsonObject } from '../../model/json.ts';
import type { Playbook, Step, Target } from '../../model/plan.ts';
import { parseArn } from '../arn.ts';
import { listAt, textAt, valueAt } from '../json-at.ts';
import { distinctTargets } from './distinct-targets.ts';

/** The trails of a finding's own account that these calls were about, or that a control judged. */
export function trailTargets(operations: readonly string[]): Playbook['targets'] {
  return (finding) => {
    const done = finding.evidence.filter(({ operation, error }) => operations.includes(operation) && error === undefined);
    const uids =
      finding.kind === 'compliance' ? finding.resources.map(({ uid }) => uid) : done.flatMap(({ resource }) => resource?.uid ?? []);
    return distinctTargets(uids.flatMap((uid) => trailTarget(finding, uid)));
  };
}

function trailTarget(finding: Finding, uid: string): readonly Target[] {
  const arn = parseArn(uid);
  const name = /^trail\/([A-Za-z0-9._-]{3,128})$/.exec(arn?.resource ?? '')?.[1];
  // A member account cannot change a trail of its organisation, which has the management account in its ARN.
  if (arn === null || name === undefined || arn.service !== 'cloudtrail' || arn.account !== finding.account) return [];
  return [{ account: arn.account, region: arn.region, uid, params: { name } }];
}

/** Starts the trail, in the Region in which it was made: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_StartLogging.html */
export function startTrail({ uid, params }: Target): Step {
  const input = { Name: String(params['name']) };
  const status = { action: 'cloudtrail:GetTrailStatus', input };
  return {
    name: 'Start the trail',
    on: [uid],
    read: { ...status, keep: 'status' },
    captures: (answer) => ({ IsLogging: isLogging(answer) }),
    do: { action: 'cloudtrail:StartLogging', input, once: 'sets-state' },
    // A delivery takes about five minutes, so the plan does not wait for LatestDeliveryTime to advance; a delivery
    // that failed is told by its error: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetTrailStatus.html
    verify: {
      ...status,
      expect: (answer) => isLogging(answer) === true && (textAt(answer, 'LatestDeliveryError') ?? '') === '',
      says: 'the trail is logging and its latest delivery reports no error',
      withinSeconds: 60,
    },
    undo: (kept) => (isLogging(valueAt(kept, 'status')) === false ? [{ action: 'cloudtrail:StopLogging', input }] : []),
  };
}

function isLogging(answer: Json): boolean | null {
  const value = valueAt(answer, 'IsLogging');
  return typeof value === 'boolean' ? value : null;
}

/** Basic or advanced selectors, as PutEventSelectors takes them: a trail has one kind. */
export function selectorsIn(answer: Json): JsonObject {
  const advanced = listAt(answer, 'AdvancedEventSelectors');
  return advanced.length > 0 ? { AdvancedEventSelectors: advanced } : { EventSelectors: listAt(answer, 'EventSelectors') };
}

/** The target of examples. */
export function exampleTrail(): Target {
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main',
    params: { name: 'main' },
  };
}
