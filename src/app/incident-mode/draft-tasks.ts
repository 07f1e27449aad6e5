import { handles } from '../../core/lib/handles.ts';
import { idOf } from '../../core/lib/hash.ts';
import type { DeclaredIncident } from '../../core/model/declared-incident.ts';
import type { Action, ActionState, Playbook, Target } from '../../core/model/plan.ts';
import type { FindingRow } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import type { Chronicle } from './chronicle.ts';

/** A task as it could be added. `draft` tells it from others: what is a task already is not drafted again. */
export interface DraftedTask {
  readonly draft: string;
  readonly text: string;
  readonly path: string | null;
  /** Why it is proposed. */
  readonly because: string;
}

const most = 40;
const troubled: readonly ActionState[] = ['unverified', 'failed', 'undo-failed', 'undo-asks', 'refused', 'dry-run'];
const losing: ReadonlySet<string> = new Set(['exfiltration', 'impact', 'collection', 'credential-access']);

/** What is to be done about it, as far as its timeline and the playbooks that answer its findings tell. A person adds what makes sense. */
export function draftTasks(
  { playbooks }: Pick<ConsoleDeps, 'playbooks'>,
  declared: DeclaredIncident,
  { findings, actions, judgements, about }: Pick<Chronicle, 'findings' | 'actions' | 'judgements' | 'about'>,
): readonly DraftedTask[] {
  const drafts: DraftedTask[] = [];
  for (const { id, question, state, finding } of judgements)
    if (state === 'waiting')
      drafts.push({
        draft: `judgement/${id}`,
        text: `Answer the question: ${question}`,
        path: `/findings/${finding}`,
        because: 'Automation waits for it.',
      });
  for (const { id, playbook, state, target } of actions)
    if (troubled.includes(state))
      drafts.push({
        draft: `action/${id}/${state}`,
        text: `See to what ${playbook} left of ${target.uid}`,
        path: `/actions/${id}`,
        because: `The action is ${state}.`,
      });
  for (const row of findings) drafts.push(...ofFinding(playbooks, row, actions));
  for (const { incident } of about) {
    for (const { uid, name } of incident.actors)
      drafts.push({
        draft: `actor/${idOf(uid)}`,
        text: `Find out what else ${name === '' ? uid : name} did, and made`,
        path: `/incidents/${incident.id}`,
        because: `The evidence names ${uid}.`,
      });
  }
  const known = new Set(declared.tasks.map(({ draft }) => draft));
  const unique = new Map(drafts.map((one) => [one.draft, one]));
  return [...unique.values()].filter(({ draft }) => !known.has(draft)).slice(0, most);
}

function ofFinding(playbooks: readonly Playbook[], { finding, state }: FindingRow, actions: readonly Action[]): readonly DraftedTask[] {
  const path = `/findings/${finding.id}`;
  const drafts: DraftedTask[] = [];
  const isHeld = actions.some((action) => action.finding === finding.id && action.state === 'verified');
  if (state === 'open' && !isHeld) {
    const targets = playbooks.filter((playbook) => handles(playbook, finding.rule.id)).flatMap((playbook) => targetsOf(playbook, finding));
    for (const { playbook, target } of targets)
      drafts.push({
        draft: `playbook/${playbook.id}/${idOf(target.uid, target.params)}`,
        text: `${playbook.asks(target)}, or say why not`,
        path,
        because: `${playbook.id} answers "${finding.rule.title}", and nothing was seen to hold.`,
      });
    if (targets.length === 0)
      drafts.push({
        draft: `finding/${finding.id}`,
        text: `Contain what was found: ${finding.message}`,
        path,
        because: 'No playbook names a target in it.',
      });
  }
  if (finding.rule.tactics.some((tactic) => losing.has(tactic)))
    for (const { uid, name } of finding.resources)
      drafts.push({
        draft: `loss/${idOf(uid)}`,
        text: `Find out what was read, taken or destroyed of ${name === '' ? uid : name}`,
        path,
        because: `"${finding.rule.title}" is about it.`,
      });
  return drafts;
}

function targetsOf(
  playbook: Playbook,
  finding: FindingRow['finding'],
): readonly { readonly playbook: Playbook; readonly target: Target }[] {
  try {
    return playbook.targets(finding).map((target) => ({ playbook, target }));
  } catch {
    // Evidence of a shape that the playbook does not expect names no target.
    return [];
  }
}
