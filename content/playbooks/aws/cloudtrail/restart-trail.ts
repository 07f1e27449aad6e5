import { parseArn } from '../../../../src/core/lib/arn.ts';
import { listAt, textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { startTrail } from '../../../../src/core/lib/plans/trail.ts';
import type { Finding } from '../../../../src/core/model/finding.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

export const restartTrail: Playbook = {
  id: 'aws.cloudtrail.restart-trail',
  version: 1,
  title: 'Restart a stopped trail',
  why: 'While a trail is stopped, what happens in the account leaves no record, and what happened meanwhile cannot be recovered from it. Starting it mends neither a deleted trail nor emptied event selectors, a broken bucket policy, key or lifecycle; an organisation trail can only be started from the account that owns it.',
  handles: ['aws.cloudtrail.trail-is-logging', 'aws.cloudtrail.trail-logging-stopped'],
  reported: ['guardduty/Stealth:IAMUser/CloudTrailLoggingDisabled'],
  approval: 'none',
  risks: [],
  asks: ({ params }) => `Start the trail ${String(params['name'])} again`,
  blastRadius: ({ params }) =>
    `Nothing stops working; the trail ${String(params['name'])} writes again, and storing its events costs as before.`,
  inverse: ({ params }) => `The trail ${String(params['name'])} is stopped again.`,
  targets: (finding) => {
    // What GuardDuty names is the trail as well.
    const names =
      finding.kind === 'compliance' || finding.imported !== undefined ? finding.resources.map(({ uid }) => uid) : stoppedTrails(finding);
    return [...new Set(names)].flatMap((uid) => targetOf(finding, uid));
  },
  requires: ({ uid, params }) => [
    {
      name: 'The trail exists and selects management events',
      on: [uid],
      read: { action: 'cloudtrail:GetEventSelectors', input: { TrailName: String(params['name']) }, keep: 'selectors' },
      expect: selectsManagementEvents,
      says: `The trail ${String(params['name'])} is deleted or selects no management events: starting it would not bring the record back, a person has to mend it.`,
    },
  ],
  plan: (target) => [startTrail(target)],
  undoes: ['cloudtrail:StopLogging'],
  examples: [
    {
      name: 'a trail of the account',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:cloudtrail:eu-central-1:111122223333:trail/main',
        params: { name: 'main' },
      },
      does: ['cloudtrail:StartLogging'],
    },
  ],
};

/** A trail that was deleted cannot be started. */
function stoppedTrails(finding: Finding): readonly string[] {
  const stopped = finding.evidence.filter(({ operation }) => operation === 'StopLogging');
  return stopped.flatMap(({ resource }) => resource?.uid ?? []);
}

function targetOf(finding: Finding, uid: string): readonly Target[] {
  const arn = parseArn(uid);
  const name = /^trail\/([A-Za-z0-9._-]{3,128})$/.exec(arn?.resource ?? '')?.[1];
  // A member account cannot change a trail of its organisation, which has the management account in its ARN.
  if (arn === null || name === undefined || arn.service !== 'cloudtrail' || arn.account !== finding.account) return [];
  return [{ account: arn.account, region: arn.region, uid, params: { name } }];
}

/** Basic or advanced selectors: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html */
function selectsManagementEvents(answer: Json): boolean {
  const basic = listAt(answer, 'EventSelectors').some(
    (selector) => valueAt(selector, 'IncludeManagementEvents') !== false && selector !== null,
  );
  const advanced = listAt(answer, 'AdvancedEventSelectors').some((selector) =>
    listAt(selector, 'FieldSelectors').some(
      (field) => textAt(field, 'Field') === 'eventCategory' && listAt(field, 'Equals').includes('Management'),
    ),
  );
  return basic || advanced;
}
