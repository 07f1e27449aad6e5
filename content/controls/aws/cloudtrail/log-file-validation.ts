import { unread } from '../../../../src/core/lib/unread.ts';
import type { Control } from '../../../../src/core/model/control.ts';

const reads = 'cloudtrail:DescribeTrails';

export const logFileValidation: Control = {
  id: 'aws.cloudtrail.log-file-validation',
  title: 'A trail writes digest files',
  why: 'Signed digest files prove that log files are complete and unchanged. Without them whoever can write to the bucket can remove his traces.',
  severity: 'Medium',
  type: 'AWS::CloudTrail::Trail',
  reads: [reads],
  remediation: 'Update the trail with EnableLogFileValidation. It holds from then on; older files stay unproven.',
  assess: (trail) => {
    const validates = trail.props['logFileValidation'];
    if (typeof validates !== 'boolean') return unread(trail, 'logFileValidation', reads);
    return validates
      ? { status: 'Pass', reason: `Trail ${trail.name} writes digest files.` }
      : { status: 'Fail', reason: `Trail ${trail.name} writes no digest files.`, facts: { trail: trail.name } };
  },
  examples: [
    { name: 'on', resource: { props: { logFileValidation: true } }, expect: 'Pass' },
    { name: 'off', resource: { props: { logFileValidation: false } }, expect: 'Fail' },
    { name: 'not said', resource: { props: { logFileValidation: null } }, expect: 'Unknown' },
  ],
};
