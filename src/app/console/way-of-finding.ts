import type { Finding } from '../../core/model/finding.ts';
import { findingSources } from '../../core/model/imported.ts';
import type { Action } from '../../core/model/plan.ts';
import type { DecisionRow } from '../../core/ports/store.ts';
import type { FoundLeaf } from './find-leaf.ts';
import type { AskedJudgement } from './judgement-view.ts';

/** A station on the way from an event to its leaf in the ledger. */
export interface Station {
  readonly name: 'event' | 'setting' | 'finding' | 'decision' | 'judgement' | 'action' | 'verified' | 'ledger';
  /** `skipped`: this finding's way does not lead here, or what is here was not looked at. */
  readonly state: 'done' | 'now' | 'ahead' | 'trouble' | 'skipped';
  readonly at: number | null;
  /** A few words: what happened here. */
  readonly says: string;
}

/**
 * The way of the data for one finding: event, finding, decision, judgement, action, verified, ledger.
 * Where several actions answer a finding, the least advanced one is shown, so that nothing looks done too early.
 */
export function wayOfFinding(
  finding: Finding,
  foundAt: number,
  decisions: readonly DecisionRow[],
  judgement: AskedJudgement | null,
  actions: readonly Action[],
  found: FoundLeaf,
): readonly Station[] {
  const decided = decisions.at(-1);
  const action = actions.toSorted((a, b) => advance(a) - advance(b))[0];
  const asked = judgement !== null;
  const leads =
    action !== undefined ||
    decided === undefined ||
    decided.decision.verdict === 'act' ||
    judgement?.state === 'waiting' ||
    judgement?.state === 'approved';
  const after = (state: Station['state']): Station['state'] => (leads ? state : 'skipped');
  return [
    finding.imported !== undefined
      ? { name: 'event', state: 'done', at: finding.lastTime, says: `told by ${findingSources[finding.imported.source]}` }
      : finding.kind === 'compliance'
        ? { name: 'setting', state: 'done', at: null, says: 'read from AWS' }
        : {
            name: 'event',
            state: 'done',
            at: finding.evidence.length > 0 ? finding.lastTime : null,
            says: finding.evidence.at(-1)?.operation ?? '',
          },
    { name: 'finding', state: 'done', at: foundAt, says: finding.severity },
    decided === undefined
      ? { name: 'decision', state: 'now', at: null, says: 'waits for a worker' }
      : { name: 'decision', state: 'done', at: decided.at, says: verdictSays[decided.decision.verdict] },
    ...(judgement === null || !asked ? [] : [judgementStation(judgement)]),
    actionStation(action, after),
    verifiedStation(action, after),
    ledgerStation(found, decided !== undefined),
  ];
}

/** What was not found is not said to wait where not all was looked at. */
function ledgerStation(found: FoundLeaf, decided: boolean): Station {
  if (found.leaf !== null) return { name: 'ledger', state: 'done', at: found.leaf.at, says: `leaf ${found.leaf.index}` };
  if (!decided) return { name: 'ledger', state: 'ahead', at: null, says: '' };
  if (found.missed !== null) return { name: 'ledger', state: 'skipped', at: null, says: found.missed };
  return { name: 'ledger', state: 'now', at: null, says: 'waits for its number' };
}

const verdictSays = { act: 'act alone', ask: 'ask a person', watch: 'watch', close: 'close' } as const;

function judgementStation(judgement: AskedJudgement): Station {
  if (judgement.state === 'waiting') return { name: 'judgement', state: 'now', at: judgement.askedAt, says: 'waits for you' };
  return { name: 'judgement', state: 'done', at: judgement.answeredAt, says: judgement.state };
}

function actionStation(action: Action | undefined, after: (state: Station['state']) => Station['state']): Station {
  if (action === undefined) return { name: 'action', state: after('ahead'), at: null, says: '' };
  const by = action.by === 'automation' ? 'by automation' : 'approved';
  if (action.state === 'planned') return { name: 'action', state: 'now', at: action.plannedAt, says: 'planned' };
  if (action.state === 'running') return { name: 'action', state: 'now', at: action.plannedAt, says: 'running' };
  if (action.state === 'failed') return { name: 'action', state: 'trouble', at: action.finishedAt, says: 'failed' };
  if (action.state === 'refused') return { name: 'action', state: 'trouble', at: action.finishedAt, says: 'refused' };
  if (action.state === 'dry-run') return { name: 'action', state: 'done', at: action.plannedAt, says: 'dry run' };
  return { name: 'action', state: 'done', at: action.plannedAt, says: by };
}

function verifiedStation(action: Action | undefined, after: (state: Station['state']) => Station['state']): Station {
  const station = (state: Station['state'], says: string, at: number | null = action?.finishedAt ?? null): Station => ({
    name: 'verified',
    state,
    at,
    says,
  });
  if (action === undefined) return station(after('ahead'), '', null);
  switch (action.state) {
    case 'planned':
    case 'running':
      return station('ahead', '', null);
    case 'verified':
      return station('done', 'seen to hold');
    case 'undone':
      return station('done', 'then undone');
    case 'undoing':
      return station('now', 'being undone', null);
    case 'undo-asks':
      return station('trouble', 'undo asks');
    case 'undo-failed':
      return station('trouble', 'undo failed');
    case 'unverified':
      return station('trouble', 'not seen to hold');
    case 'failed':
    case 'refused':
    case 'dry-run':
      return station('skipped', '', null);
    default:
      return action.state satisfies never;
  }
}

const order: readonly Action['state'][] = [
  'failed',
  'undo-failed',
  'undo-asks',
  'unverified',
  'refused',
  'planned',
  'running',
  'undoing',
  'verified',
  'undone',
  'dry-run',
];

function advance(action: Action): number {
  return order.indexOf(action.state);
}
