import { textAt, valueAt } from '../../../../src/core/lib/json-at.ts';
import { detectorInput, detectorTargets, exampleDetector } from '../../../../src/core/lib/plans/detector.ts';
import { keptTexts } from '../../../../src/core/lib/plans/named-targets.ts';
import { setting } from '../../../../src/core/lib/plans/setting.ts';
import type { Playbook, Target } from '../../../../src/core/model/plan.ts';

const filterOf = ({ params }: Target) => String(params['filter']);

/** https://docs.aws.amazon.com/guardduty/latest/APIReference/API_UpdateFilter.html */
export const showFindings: Playbook = {
  id: 'aws.guardduty.show-findings',
  version: 1,
  title: 'Let a filter of GuardDuty hide no findings',
  why: 'A filter that archives puts findings away before anybody sees them, and sends them nowhere. It stays as a filter and archives nothing more; what it put away meanwhile stays in the archive and has to be looked at there.',
  handles: ['aws.guardduty.findings-hidden'],
  approval: 'none',
  risks: ['legitimate-use'],
  asks: (target) => `Let the filter ${filterOf(target)} of GuardDuty hide no findings`,
  blastRadius: (target) =>
    `Findings that the filter ${filterOf(target)} put away are shown and sent again: those that it was made for, too.`,
  inverse: (target) => `The filter ${filterOf(target)} archives findings again.`,
  targets: detectorTargets(['CreateFilter', 'UpdateFilter'], (evidence) => {
    const names = ['created', 'updated'].flatMap((name) => keptTexts(evidence, name, /^[A-Za-z0-9._-]{3,64}$/));
    const [filter, ...more] = [...new Set(names)];
    return filter === undefined || more.length > 0 ? null : { filter };
  }),
  partial: true,
  plan: (target) => {
    const input = { ...detectorInput(target), FilterName: filterOf(target) };
    return [
      setting({
        name: 'Let the filter archive nothing',
        on: [target.uid, `${target.uid}/filter/${filterOf(target)}`],
        read: { action: 'guardduty:GetFilter', input },
        state: (answer) => valueAt(answer, 'Action'),
        want: () => 'NOOP',
        write: { action: 'guardduty:UpdateFilter', input, with: (Action) => ({ Action }) },
        back: (Action) =>
          textAt({ Action }, 'Action') === null ? [] : [{ action: 'guardduty:UpdateFilter', input: { ...input, Action } }],
        noneIsFine: true,
        says: 'the filter archives nothing',
      }),
    ];
  },
  undoes: ['guardduty:UpdateFilter'],
  examples: [{ name: 'a filter', target: exampleDetector({ filter: 'quiet' }), does: ['guardduty:UpdateFilter'] }],
};
