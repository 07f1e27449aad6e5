import { textAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['table']);
const at = ['ContinuousBackupsDescription', 'PointInTimeRecoveryDescription'] as const;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Point-in-time-recovery.html */
export const resumePointInTimeRecovery: Playbook = {
  id: 'aws.dynamodb.resume-point-in-time-recovery',
  version: 1,
  title: 'Record the changes of a table again',
  why: 'With the record the table can be brought back to any second of the last weeks. Turning it off has thrown the record away: it begins anew now, and does not reach back behind this.',
  handles: ['aws.dynamodb.protection-removed'],
  approval: 'none',
  risks: [],
  asks: (target) => `Turn on point-in-time recovery of the table ${idOf(target)}`,
  blastRadius: (target) => `Nothing stops working; the record of ${idOf(target)} costs by the size of the table.`,
  inverse: (target) => `The changes of ${idOf(target)} are not recorded again, and what was recorded meanwhile is gone.`,
  targets: (finding) =>
    namedTargets(finding, {
      service: 'dynamodb',
      resource: /^table\/(?<table>[A-Za-z0-9_.-]{3,255})$/,
      operations: ['UpdateContinuousBackups'],
    }),
  partial: true,
  plan: (target) => {
    const input = { TableName: idOf(target) };
    return [
      setting({
        name: 'Turn the record on',
        on: [target.uid],
        read: { action: 'dynamodb:DescribeContinuousBackups', input },
        state: (answer) => textAt(answer, ...at, 'PointInTimeRecoveryStatus'),
        want: () => 'ENABLED',
        write: {
          action: 'dynamodb:UpdateContinuousBackups',
          input,
          with: (status) => ({ PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: status === 'ENABLED' } }),
        },
        says: 'changes are recorded',
      }),
    ];
  },
  undoes: ['dynamodb:UpdateContinuousBackups'],
  examples: [
    {
      name: 'a table',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders',
        params: { table: 'orders' },
      },
      does: ['dynamodb:UpdateContinuousBackups'],
    },
  ],
};
