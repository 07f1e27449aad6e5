import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['cluster']);
const all = ['connectionlog', 'useractivitylog', 'userlog'];

/** To CloudWatch Logs, which needs no bucket: where the log went before is not in the event. https://docs.aws.amazon.com/redshift/latest/APIReference/API_EnableLogging.html */
export const resumeAuditLog: Playbook = {
  id: 'aws.redshift.resume-audit-log',
  version: 1,
  title: 'Log who uses a warehouse again',
  why: 'Without the audit log nobody can tell who signed in to the warehouse and what was asked of it. It goes to CloudWatch Logs now; what happened meanwhile stays unlogged. Statements are in it only where the parameter enable_user_activity_logging is on.',
  handles: ['aws.redshift.audit-log-stopped'],
  approval: 'none',
  risks: [],
  asks: (target) => `Turn the audit log of the warehouse ${idOf(target)} on again`,
  blastRadius: (target) => `Nothing stops working; the log of ${idOf(target)} costs by its size in CloudWatch Logs.`,
  inverse: (target) => `The warehouse ${idOf(target)} logs as before: not at all where it did not.`,
  targets: (finding) =>
    namedTargets(finding, { service: 'redshift', resource: /^cluster:(?<cluster>[a-z][a-z0-9-]{0,62})$/, operations: ['DisableLogging'] }),
  plan: (target) => {
    const input = { ClusterIdentifier: idOf(target) };
    return [
      setting({
        name: 'Turn the log on',
        on: [target.uid],
        read: { action: 'redshift:DescribeLoggingStatus', input },
        state: (answer) => valueAt(answer, 'LoggingEnabled') === true,
        want: () => true,
        write: { action: 'redshift:EnableLogging', input, with: () => ({ LogDestinationType: 'cloudwatch', LogExports: all }) },
        back: (on) => (on === true ? [] : [{ action: 'redshift:DisableLogging', input }]),
        says: 'the audit log is on',
        withinSeconds: 120,
      }),
    ];
  },
  undoes: ['redshift:DisableLogging'],
  examples: [
    {
      name: 'a cluster',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:redshift:eu-central-1:111122223333:cluster:sales',
        params: { cluster: 'sales' },
      },
      does: ['redshift:EnableLogging'],
    },
  ],
};
