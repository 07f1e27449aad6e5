import { valueAt } from '../../../../src/core/lib/json-at.ts';
import { namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['table']);

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/WorkingWithTables.Basics.html#WorkingWithTables.Basics.DeletionProtection */
export const protectFromDeletion: Playbook = {
  id: 'aws.dynamodb.protect-from-deletion',
  version: 1,
  title: 'Protect a table from deletion again',
  why: 'While the protection is on nobody can delete the table; taking it off is the first of two steps of who wants to destroy it.',
  handles: ['aws.dynamodb.protection-removed'],
  approval: 'none',
  risks: [],
  asks: (target) => `Protect the table ${idOf(target)} from deletion`,
  blastRadius: (target) => `Nothing stops working; who wants to delete ${idOf(target)} has to take the protection off first.`,
  inverse: (target) => `The table ${idOf(target)} can be deleted again.`,
  targets: (finding) =>
    namedTargets(finding, { service: 'dynamodb', resource: /^table\/(?<table>[A-Za-z0-9_.-]{3,255})$/, operations: ['UpdateTable'] }),
  partial: true,
  plan: (target) => {
    const input = { TableName: idOf(target) };
    return [
      setting({
        name: 'Turn the protection on',
        on: [target.uid],
        read: { action: 'dynamodb:DescribeTable', input },
        state: (answer) => valueAt(answer, 'Table', 'DeletionProtectionEnabled') === true,
        want: () => true,
        write: { action: 'dynamodb:UpdateTable', input, with: (DeletionProtectionEnabled) => ({ DeletionProtectionEnabled }) },
        says: 'the table is protected from deletion',
      }),
    ];
  },
  undoes: ['dynamodb:UpdateTable'],
  examples: [
    {
      name: 'a table',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders',
        params: { table: 'orders' },
      },
      does: ['dynamodb:UpdateTable'],
    },
  ],
};
