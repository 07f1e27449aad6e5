import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { detectorInput, detectorTargets, exampleDetector } from '../../../../src/core/lib/plans/detector.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook } from '../../../../src/core/model/plan.ts';

/** https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_suspend-disable.html */
export const resumeDetector: Playbook = {
  id: 'aws.guardduty.resume-detector',
  version: 1,
  title: 'Let GuardDuty watch again',
  why: 'While the detector is suspended GuardDuty looks at nothing in the Region, and what happened meanwhile it does not look at later. It goes on with its findings and settings. A detector that was deleted took both with it: a new one is for a person to make, and so is a tie to the administrator account that was cut.',
  handles: ['aws.guardduty.detector-disabled'],
  approval: 'none',
  risks: [],
  asks: ({ params }) => `Let the detector ${String(params['detectorId'])} of GuardDuty watch again`,
  blastRadius: ({ params }) => `Nothing stops working; the detector ${String(params['detectorId'])} costs as it did before.`,
  inverse: ({ params }) => `The detector ${String(params['detectorId'])} is suspended again.`,
  targets: detectorTargets(['UpdateDetector']),
  plan: (target) => {
    const input = detectorInput(target);
    return [
      setting({
        name: 'Enable the detector',
        on: [target.uid],
        read: { action: 'guardduty:GetDetector', input },
        state: (answer) => valueAt(answer, 'Status'),
        want: () => 'ENABLED',
        write: { action: 'guardduty:UpdateDetector', input, with: (status) => ({ Enable: status === 'ENABLED' }) },
        back: (status) =>
          textAt({ status }, 'status') === null
            ? []
            : [{ action: 'guardduty:UpdateDetector', input: { ...input, Enable: status === 'ENABLED' } }],
        says: 'the detector is enabled',
      }),
    ];
  },
  undoes: ['guardduty:UpdateDetector'],
  examples: [{ name: 'a detector', target: exampleDetector(), does: ['guardduty:UpdateDetector'] }],
};
