import { asObject, listAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import { exampleTrail, trailTargets } from '../../../../src/core/lib/plans/trail.ts';
import type { Json } from '../../../../src/core/model/json.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const nameOf = ({ params }: Target) => String(params['name']);

/** An update changes what it names and nothing else: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_UpdateTrail.html */
export const strengthenTrail: Playbook = {
  id: 'aws.cloudtrail.strengthen-trail',
  version: 1,
  title: 'Let a trail record all Regions, and sign its files, again',
  why: 'A trail of one Region does not see what is done in the others, and without the events of global services nothing of IAM. Without signed digests nobody can show later that no file is missing. All three are on again; where the trail writes to, and its key, stay.',
  handles: ['aws.cloudtrail.log-file-validation', 'aws.cloudtrail.trail-weakened'],
  approval: 'one-person',
  risks: [],
  asks: (target) => `Let the trail ${nameOf(target)} record all Regions and sign its files`,
  blastRadius: (target) => `Nothing stops working; where another trail records the same events, the copies in ${nameOf(target)} cost.`,
  inverse: (target) => `The trail ${nameOf(target)} has its earlier Regions and validation back.`,
  targets: trailTargets(['UpdateTrail']),
  plan: (target) => {
    const input = { Name: nameOf(target) };
    return [
      setting({
        name: 'Record all Regions and sign',
        on: [target.uid],
        // An update of a trail for all Regions looks at its bucket's policy and at shadows elsewhere, by permissions of its own.
        read: { action: 'cloudtrail:DescribeTrails', input: { trailNameList: [target.uid], includeShadowTrails: false } },
        state: settingsIn,
        want: () => ({ EnableLogFileValidation: true, IncludeGlobalServiceEvents: true, IsMultiRegionTrail: true }),
        write: { action: 'cloudtrail:UpdateTrail', input, with: (settings) => asObject(settings) ?? {} },
        back: (settings) => (settings === null ? [] : [{ action: 'cloudtrail:UpdateTrail', input: { ...input, ...asObject(settings) } }]),
        says: 'the trail records all Regions and global services, and signs',
      }),
    ];
  },
  undoes: ['cloudtrail:UpdateTrail'],
  examples: [{ name: 'a trail', target: exampleTrail(), does: ['cloudtrail:UpdateTrail'] }],
};

/** The three settings as an update spells them; null where there is no such trail. */
function settingsIn(answer: Json): Json {
  const trail = listAt(answer, 'trailList')[0] ?? null;
  return trail === null
    ? null
    : {
        EnableLogFileValidation: valueAt(trail, 'LogFileValidationEnabled'),
        IncludeGlobalServiceEvents: valueAt(trail, 'IncludeGlobalServiceEvents'),
        IsMultiRegionTrail: valueAt(trail, 'IsMultiRegionTrail'),
      };
}
