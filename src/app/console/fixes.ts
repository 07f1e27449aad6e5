import { describePlan } from '../../core/act/describe-plan.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { ProposedAction } from '../../core/model/decision.ts';
import type { Finding, FindingState } from '../../core/model/finding.ts';
import type { ActionState } from '../../core/model/plan.ts';
import type { Item } from '../../core/ports/items.ts';
import type { Tx } from '../../core/ports/store.ts';
import { type OwnerItem, ownerItemKind, ownerItemOf } from '../owners/owner-item.ts';
import { isOwn, ownersIn } from '../owners/owner-of.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { questionOn } from '../triage/ask.ts';
import type { Reachable } from '../triage/ask-actor.ts';
import type { ConsoleDeps } from './console-deps.ts';
import { playbookOf, playbookTitle } from './playbook-of.ts';
import { possibleActions } from './possible-actions.ts';
import { type Started, startAction } from './start-action.ts';

/** What a playbook would do about something of the person's own, in words. */
export interface Fix {
  /** The id of the action that it becomes. */
  readonly id: string;
  readonly title: string;
  readonly option: ProposedAction;
  /** Its steps, in their order. */
  readonly steps: readonly string[];
}

/** Something insecure that the person was told of. */
export interface FixView {
  readonly id: string;
  /** Whose it is; only they mend it here. */
  readonly person: string;
  readonly state: 'told' | 'reminded' | 'overdue' | 'escalated' | 'mended';
  /** When the person was first told, in milliseconds since 1970. */
  readonly since: number;
  readonly finding: Pick<Finding, 'id' | 'revision' | 'severity' | 'message' | 'account' | 'region' | 'kind' | 'lastTime'> & {
    readonly title: string;
    readonly description: string;
    readonly state: FindingState;
  };
  readonly fixes: readonly Fix[];
  readonly actions: readonly { readonly id: string; readonly title: string; readonly state: ActionState; readonly reason: string }[];
}

type Deps = Pick<ConsoleDeps, 'store' | 'tenant' | 'clock' | 'playbooks' | 'inbound'>;
const most = 10_000;
const hour = 3_600_000;

/** What this person was told of and is not over, the longest first. */
export function listFixes(deps: Deps, who: string): Promise<readonly FixView[]> {
  return deps.store.within(deps.tenant, async (tx) => {
    const items = await tx.items.list({ kind: ownerItemKind, state: ['told', 'reminded', 'overdue', 'escalated'], limit: most });
    const views: FixView[] = [];
    const reach = await reachOf(deps);
    for (const item of items.filter((one) => ownerItemOf(one).person === who)) {
      const view = await viewOf(deps, tx, item, reach, who);
      if (view !== null) views.push(view);
    }
    return views.sort((a, b) => a.since - b.since);
  });
}

/** Null for one that there is not, or that is somebody else's. What is overdue the account's owner reads, too. */
export function readFix(deps: Deps, id: string, who: string): Promise<FixView | null> {
  return deps.store.within(deps.tenant, async (tx) => {
    const item = await tx.items.get(ownerItemKind, id);
    return item === null || !(await mayRead(tx, item, who)) ? null : viewOf(deps, tx, item, await reachOf(deps), who);
  });
}

export type FixStarted = Started | { readonly outcome: 'not-yours' | 'frozen' | 'cap' };

/**
 * Starts what a playbook would do, as this person's action, when what it works on is theirs now. More holds than for an engineer: no change in a
 * freeze, and not more in an hour than automation may.
 */
export async function startFix(deps: Deps, id: string, who: string, revision: string, action: string): Promise<FixStarted> {
  const view = await readFix(deps, id, who);
  if (view === null) return { outcome: 'unknown' };
  const fix = view.fixes.find((one) => one.id === action);
  if (fix === undefined && view.actions.some((one) => one.id === action)) return { outcome: 'under-way' };
  if (fix === undefined) return { outcome: view.finding.revision === revision ? 'not-yours' : 'renewed' };
  const held = await deps.store.within(deps.tenant, (tx) => heldBy(tx, fix.option.target.account, deps.clock.now()));
  return held === null ? startAction(deps, view.finding.id, who, revision, action) : { outcome: held };
}

/** What an owner does not lift. Actions of people count beside those of automation. */
async function heldBy(tx: Tx, account: string, at: number): Promise<'frozen' | 'cap' | null> {
  const { freezes, caps } = await toleranceOf(tx);
  if (freezes.some((freeze) => at >= freeze.from && at < freeze.until && (freeze.account ?? account) === account)) return 'frozen';
  const lately = (await tx.actions.list({ limit: 1_000 })).filter(
    ({ plannedAt, state }) => plannedAt >= at - hour && state !== 'refused' && state !== 'dry-run',
  );
  const here = lately.filter(({ target }) => target.account === account);
  return lately.length >= caps.perHour || here.length >= caps.perAccountHour ? 'cap' : null;
}

/** Whom tags may mean, as channels.yml names people now. */
async function reachOf({ inbound }: Deps): Promise<Reachable> {
  const people = (await inbound?.channels())?.people ?? {};
  return Object.fromEntries(
    Object.entries(people).map(([person, ids]) => [person, Object.entries(ids).map(([channel, to]) => ({ channel, to }))]),
  );
}

async function mayRead(tx: Tx, item: Item, who: string): Promise<boolean> {
  const { person, account } = ownerItemOf(item);
  if (person === who) return true;
  const { accountOwners = {} } = await toleranceOf(tx);
  return (
    (item.state === 'overdue' || item.state === 'escalated') && Object.hasOwn(accountOwners, account) && accountOwners[account] === who
  );
}

async function viewOf(deps: Deps, tx: Tx, item: Item, reach: Reachable, who: string): Promise<FixView | null> {
  const own: OwnerItem = ownerItemOf(item);
  const row = await tx.findings.get(own.finding);
  if (row === null) return null;
  const { finding, state } = row;
  const { id, revision, severity, message, account, region, kind, lastTime, rule } = finding;
  const decided = (await tx.decisions.ofFinding(id)).toSorted((a, b) => a.at - b.at).at(-1);
  const actions = await tx.actions.list({ finding: id, limit: 100 });
  const possible = possibleActions(tx.tenant, state, revision, decided, await questionOn(tx, id), actions);
  const tolerance = await toleranceOf(tx);
  const owners = possible.length === 0 ? new Map<string, string>() : await ownersIn(tx, account, tolerance);
  const title = (playbook: string) => playbookTitle(deps.playbooks, playbook);
  return {
    id: item.id,
    person: own.person,
    state: item.state as FixView['state'],
    since: own.since,
    finding: { id, revision, severity, message, account, region, kind, lastTime, title: rule.title, description: rule.description, state },
    fixes: possible
      .filter(({ option }) => isOwn(option.target.uid, who, owners, tolerance, reach))
      .map(({ id: action, option }) => ({ id: action, title: title(option.playbook), option, steps: stepsOf(deps, option) })),
    actions: actions.map(({ id: action, playbook, state: done, reason }) => ({ id: action, title: title(playbook), state: done, reason })),
  };
}

/** What the plan of an action would call, in words; nothing where that version of the playbook is gone, or it cannot make a plan of this. */
function stepsOf({ playbooks, clock }: Deps, { playbook: id, version, target }: ProposedAction): readonly string[] {
  const playbook = playbookOf(playbooks, id, version);
  if (playbook === null) return [];
  try {
    return listAt(describePlan(playbook, target, clock.now()), 'steps').map(
      (step) => `${textAt(step, 'name')} (${textAt(step, 'do', 'action')})`,
    );
  } catch {
    return [];
  }
}
