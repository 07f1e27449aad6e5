import { asObject, listAt, textAt } from '../../../../src/core/lib/json-at.ts';
import { detectorInput, detectorTargets, exampleDetector } from '../../../../src/core/lib/plans/detector.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const featuresOf = ({ params }: Target) => listAt(params, 'features').map(String);

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateDetector.html */
export const resumeFeatures: Playbook = {
  id: 'aws.guardduty.resume-features',
  version: 1,
  title: 'Let GuardDuty look at what it looked at before',
  why: 'A feature that is off leaves a kind of logs unread: who takes data from buckets turns off the reading of their events first. The features that were turned off in the call are on again; each costs by what it reads.',
  handles: ['aws.guardduty.coverage-narrowed'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Turn ${featuresOf(target).join(', ')} of GuardDuty on again`,
  blastRadius: () => 'Nothing stops working; the features cost by what they read, also where they were off before.',
  inverse: (target) => `${featuresOf(target).join(', ')} of GuardDuty is as it was before.`,
  targets: detectorTargets(['UpdateDetector'], (evidence) => {
    const off = evidence.flatMap(({ kept }) => listAt(kept, 'features').filter((one) => textAt(one, 'status') === 'DISABLED'));
    const names = off.flatMap((one) => textAt(one, 'name') ?? []).filter((name) => /^[A-Z][A-Z0-9_]{2,60}$/.test(name));
    return names.length === 0 ? null : { features: [...new Set(names)].sort() };
  }),
  plan: (target) => {
    const input = detectorInput(target);
    const featuresAs = (states: Json) => Object.entries(asObject(states) ?? {}).map(([Name, Status]) => ({ Name, Status }));
    return [
      setting({
        name: 'Turn the features on',
        on: [target.uid],
        read: { action: 'guardduty:GetDetector', input },
        state: (answer) =>
          Object.fromEntries(
            featuresOf(target).map((name) => [
              name,
              textAt(
                listAt(answer, 'Features').find((one) => textAt(one, 'Name') === name),
                'Status',
              ),
            ]),
          ),
        want: () => Object.fromEntries(featuresOf(target).map((name) => [name, 'ENABLED'])),
        write: { action: 'guardduty:UpdateDetector', input, with: (states) => ({ Features: featuresAs(states) }) },
        back: (states) => {
          const earlier = featuresAs(states).filter(({ Status }) => Status !== null);
          return earlier.length === 0 ? [] : [{ action: 'guardduty:UpdateDetector', input: { ...input, Features: earlier } }];
        },
        says: 'the features are on',
      }),
    ];
  },
  undoes: ['guardduty:UpdateDetector'],
  examples: [{ name: 'one feature', target: exampleDetector({ features: ['S3_DATA_EVENTS'] }), does: ['guardduty:UpdateDetector'] }],
};
