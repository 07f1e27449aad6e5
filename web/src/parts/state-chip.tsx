import type { ActionState, FindingState, JudgementState } from '../api/generated/client.ts';

type State = ActionState | FindingState | JudgementState;

const looks: { readonly [state in State]: readonly [tone: 'good' | 'busy' | 'quiet' | 'trouble', words: string] } = {
  planned: ['busy', 'planned'],
  running: ['busy', 'running'],
  verified: ['good', 'verified'],
  unverified: ['trouble', 'not verified'],
  failed: ['trouble', 'failed'],
  refused: ['trouble', 'refused'],
  'dry-run': ['quiet', 'dry run'],
  undoing: ['busy', 'being undone'],
  undone: ['quiet', 'undone'],
  'undo-asks': ['trouble', 'undo asks'],
  'undo-failed': ['trouble', 'undo failed'],
  open: ['busy', 'open'],
  acknowledged: ['quiet', 'acknowledged'],
  suppressed: ['quiet', 'suppressed'],
  resolved: ['good', 'resolved'],
  retracted: ['quiet', 'retracted'],
  waiting: ['busy', 'waiting'],
  approved: ['good', 'approved'],
  denied: ['quiet', 'denied'],
  withdrawn: ['quiet', 'withdrawn'],
};

const marks = {
  good: <path d="M2 6.4 4.8 9 10 3" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" />,
  busy: <circle cx="6" cy="6" r="3.2" fill="none" stroke="currentColor" strokeWidth="1.8" />,
  quiet: <path d="M2.5 6h7" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />,
  trouble: <path d="M6 2v4.6M6 9.6v.2" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />,
} as const;

export function StateChip({ state }: { readonly state: State }) {
  const [tone, words] = looks[state];
  return (
    <span className={`chip chip-${tone}`}>
      <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">
        {marks[tone]}
      </svg>
      {words}
    </span>
  );
}
