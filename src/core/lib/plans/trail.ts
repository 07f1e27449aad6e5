import type { Finding } from '../../model/finding.ts';
import type { Playbook, Target } from '../../model/plan.ts';
import { parseArn } from '../arn.ts';
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

/** The target of examples. */
export function exampleTrail(): Target {
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main',
    params: { name: 'main' },
  };
}
