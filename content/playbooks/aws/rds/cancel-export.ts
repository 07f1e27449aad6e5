import { textAt } from '../../../../src/core/lib/json-at.ts';
import { keptTexts, namedTargets } from '../../../../src/core/lib/plans/named-targets.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const idOf = ({ params }: Target) => String(params['task']);
const over = ['CANCELED', 'CANCELING', 'COMPLETE', 'FAILED'];

/** https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CancelExportTask.html */
export const cancelExport: Playbook = {
  id: 'aws.rds.cancel-export',
  version: 1,
  title: 'Cancel the export of a database snapshot',
  why: "An export writes the data of a snapshot into a bucket, which may be somebody else's; it takes half an hour and more, and can be stopped until then. Files that are written already are not removed.",
  handles: ['aws.rds.snapshot-exported'],
  approval: 'two-persons',
  risks: ['legitimate-use'],
  asks: (target) => `Cancel the export ${idOf(target)}`,
  blastRadius: (target) =>
    `Whoever waits for the export ${idOf(target)} has to start another; the database and its snapshot are not touched.`,
  inverse: (target) => `A cancelled export does not go on: another one has to be started under another name than ${idOf(target)}.`,
  targets: (finding) =>
    finding.evidence.flatMap((evidence) =>
      evidence.operation !== 'StartExportTask' || evidence.account !== finding.account
        ? []
        : keptTexts([evidence], 'exportTask', /^[A-Za-z][A-Za-z0-9-]{0,254}$/).flatMap((task) =>
            namedTargets(
              { ...finding, evidence: [evidence] },
              {
                service: 'rds',
                resource: /^(cluster-)?snapshot:[A-Za-z][A-Za-z0-9:-]{0,254}$|^(cluster|db):[A-Za-z][A-Za-z0-9-]{0,62}$/,
                operations: ['StartExportTask'],
                params: () => ({ task }),
              },
            ),
          ),
    ),
  partial: true,
  plan: (target) => {
    const input = { ExportTaskIdentifier: idOf(target) };
    const read = { action: 'rds:DescribeExportTasks', input };
    const state = (answer: Json) => textAt(answer, 'ExportTasks', 0, 'Status');
    return [
      {
        name: 'Cancel it',
        on: [target.uid],
        read: { ...read, keep: 'task' },
        captures: state,
        do: { action: 'rds:CancelExportTask', input, once: 'sets-state' },
        verify: {
          ...read,
          expect: (answer) => over.includes((state(answer) ?? '').toUpperCase()),
          says: 'the export is over',
          withinSeconds: 300,
        },
        undo: () => 'irreversible',
      },
    ];
  },
  undoes: [],
  examples: [
    {
      name: 'an export',
      target: {
        account: '111122223333',
        region: 'eu-central-1',
        uid: 'arn:aws:rds:eu-central-1:111122223333:snapshot:sales-1',
        params: { task: 'sales-export' },
      },
      does: ['rds:CancelExportTask'],
    },
  ],
};
