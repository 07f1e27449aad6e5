import { listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';
import type { Json } from '../../../../src/core/model/json.ts';

/** Selectors that leave nothing to record: the trail is on, and its logs stay empty. */
function recordsNothing(selectors: Json | undefined): boolean {
  if (listAt(selectors, 'advanced').length > 0) return false;
  const basic = listAt(selectors, 'basic');
  return (
    basic.length > 0 && basic.every((one) => valueAt(one, 'IncludeManagementEvents') === false && listAt(one, 'DataResources').length === 0)
  );
}

export const trailIsLogging: Control = {
  id: 'aws.cloudtrail.trail-is-logging',
  title: 'A trail is logging',
  why: 'While a trail is off, or its selectors leave nothing to record, what happens in the account leaves no record beyond the 90 days of event history.',
  severity: 'High',
  type: 'AWS::CloudTrail::Trail',
  reads: ['cloudtrail:GetTrailStatus', 'cloudtrail:GetEventSelectors'],
  remediation:
    'Find who stopped it (StopLogging, PutEventSelectors in the event history), then start logging and restore the selectors. Delete a trail that is not wanted.',
  assess: (trail) => {
    const { isLogging, selectors } = trail.props;
    if (typeof isLogging !== 'boolean') return unread(trail, 'isLogging', 'cloudtrail:GetTrailStatus');
    if (!isLogging) return { status: 'Fail', reason: `Trail ${trail.name} is off.`, facts: { trail: trail.name, isLogging } };
    if (selectors === undefined) return unread(trail, 'selectors', 'cloudtrail:GetEventSelectors');
    return recordsNothing(selectors)
      ? {
          status: 'Fail',
          reason: `Trail ${trail.name} is on, and its event selectors leave nothing to record.`,
          facts: { trail: trail.name, selectors },
        }
      : { status: 'Pass', reason: `Trail ${trail.name} is logging.` };
  },
  examples: [
    { name: 'off', resource: { props: { isLogging: false, selectors: { basic: [], advanced: [] } } }, expect: 'Fail' },
    {
      name: 'off, selectors not read',
      resource: { props: { isLogging: false }, unread: { selectors: 'cloudtrail:GetEventSelectors' } },
      expect: 'Fail',
    },
    {
      name: 'on, and recording nothing',
      resource: {
        props: {
          isLogging: true,
          selectors: { basic: [{ ReadWriteType: 'ReadOnly', IncludeManagementEvents: false, DataResources: [] }], advanced: [] },
        },
      },
      expect: 'Fail',
    },
    {
      name: 'on',
      resource: {
        props: {
          isLogging: true,
          selectors: { basic: [{ ReadWriteType: 'All', IncludeManagementEvents: true, DataResources: [] }], advanced: [] },
        },
      },
      expect: 'Pass',
    },
    { name: 'status not read', resource: { props: {}, unread: { isLogging: 'cloudtrail:GetTrailStatus' } }, expect: 'Unknown' },
    {
      name: 'on, selectors not read',
      resource: { props: { isLogging: true }, unread: { selectors: 'cloudtrail:GetEventSelectors' } },
      expect: 'Unknown',
    },
  ],
};
