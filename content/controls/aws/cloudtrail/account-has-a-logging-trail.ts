import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

export const accountHasALoggingTrail: Control = {
  id: 'aws.cloudtrail.account-has-a-logging-trail',
  title: 'An account has a trail of all Regions that is logging',
  why: 'Intruders work in Regions that nobody uses. Without a trail there is nothing to look into afterwards but 90 days of event history.',
  severity: 'High',
  type: 'AWS::::Account',
  reads: ['cloudtrail:DescribeTrails', 'cloudtrail:GetTrailStatus'],
  remediation: 'Make an organisation trail of all Regions into a bucket of a log account, with log file validation.',
  judgement:
    'Where a trail writes to, under which key and who pays is for the owner of the organisation to say; one trail of the organisation serves all accounts.',
  assess: (account) => {
    const { trails } = account.props;
    if (!Array.isArray(trails)) return unread(account, 'trails', 'cloudtrail:DescribeTrails');
    const multi = trails.filter((trail) => valueAt(trail, 'isMultiRegion') === true);
    const logging = multi.find((trail) => valueAt(trail, 'isLogging') === true);
    if (logging !== undefined)
      return { status: 'Pass', reason: `Trail ${textAt(logging, 'name')} logs all Regions of account ${account.account}.` };
    // Another trail may be where nobody could look.
    if (Object.hasOwn(account.unread, 'otherTrails')) return unread(account, 'otherTrails', 'cloudtrail:DescribeTrails');
    if (multi.some((trail) => typeof valueAt(trail, 'isLogging') !== 'boolean'))
      return { status: 'Unknown', missing: 'cloudtrail:GetTrailStatus' };
    return {
      status: 'Fail',
      reason:
        multi.length > 0
          ? `No trail of all Regions of account ${account.account} is logging.`
          : `Account ${account.account} has no trail of all Regions.`,
      facts: { trails },
    };
  },
  examples: [
    { name: 'none', resource: { props: { trails: [] } }, expect: 'Fail' },
    { name: 'one of one Region', resource: { props: { trails: [{ name: 'a', isMultiRegion: false, isLogging: true }] } }, expect: 'Fail' },
    { name: 'one that is off', resource: { props: { trails: [{ name: 'a', isMultiRegion: true, isLogging: false }] } }, expect: 'Fail' },
    { name: 'one that is on', resource: { props: { trails: [{ name: 'a', isMultiRegion: true, isLogging: true }] } }, expect: 'Pass' },
    { name: 'status not read', resource: { props: { trails: [{ name: 'a', isMultiRegion: true, isLogging: null }] } }, expect: 'Unknown' },
    {
      name: 'a Region not read',
      resource: { props: { trails: [] }, unread: { otherTrails: 'cloudtrail:DescribeTrails' } },
      expect: 'Unknown',
    },
  ],
};
