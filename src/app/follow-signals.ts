import { parseEventTime } from '../core/lib/event-time.ts';
import { asObject, listAt, textAt } from '../core/lib/json-at.ts';
import { meetsWildcard } from '../core/lib/wildcard.ts';
import type { Json } from '../core/model/json.ts';
import type { Action } from '../core/model/plan.ts';
import type { Signal } from '../core/model/tolerance.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import type { Store } from '../core/ports/store.ts';
import { attemptRead } from './cloud-attempt.ts';
import { closeFault, faultKind, faultOf, openFault } from './notify/automation-fault.ts';
import { readTolerance } from './read-tolerance.ts';
import { requestUndo, undoPersonsNeeded } from './undo-request.ts';

export interface SignalDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly cloud: Cloud;
}

/** An alarm that went off after an action, and what came of it. */
export interface Signalled {
  readonly action: string;
  readonly alarms: readonly string[];
  /** It is being taken back; false where that takes people, since a thief may be behind the alarm. */
  readonly takenBack: boolean;
}

const minute = 60_000;
const most = 500;
const kind = 'signal';
const forgottenAfter = 24 * 60 * minute;

/**
 * Looks whether alarms that the tolerance names went off after actions, in the account and Region that they touched. One that did has the action taken
 * back, once, and is a fault of the automation. What contains an open attack is not taken back by itself: who attacks may ring the alarm. An alarm that
 * rang before the action says nothing of it. Returns what was new.
 */
export async function followSignals({ tenant, store, clock, cloud }: SignalDeps): Promise<readonly Signalled[]> {
  const now = clock.now();
  const { signals, actions } = await store.within(tenant, async (tx) => {
    const text = await tx.settings.get('tolerance');
    const { signals } = readTolerance(typeof text === 'string' ? text : '', 'tolerance');
    for (const item of await tx.items.list({ kind: faultKind, state: ['open'], limit: most })) {
      const { what, name, since } = faultOf(item);
      if (what === 'signal' && since < now - forgottenAfter) await closeFault(tx, what, name, now);
    }
    return { signals, actions: signals.length === 0 ? [] : await tx.actions.list({ state: ['verified'], limit: most }) };
  });
  const found: Signalled[] = [];
  const read = new Map<string, Promise<readonly Alarm[]>>();
  for (const action of actions) {
    const wanted = signals.filter((signal) => concerns(signal, action, now));
    if (wanted.length === 0) continue;
    const { account, region } = action.target;
    const key = `${account} ${region}`;
    if (!read.has(key)) read.set(key, ringing(cloud, account, region));
    const alarms = ((await read.get(key)) ?? []).filter(({ name, since }) => wanted.some((signal) => speaks(signal, action, name, since)));
    if (alarms.length === 0) continue;
    const names = alarms.map(({ name }) => name).sort();
    const result = await store.within(tenant, async (tx): Promise<Signalled | null> => {
      const doc: Json = { action: action.id, alarms: names };
      if (!(await tx.items.add({ kind, id: action.id, state: 'heard', dueAt: null, at: now, doc }))) return null;
      const takenBack = (await undoPersonsNeeded(tx, action)) === 1;
      if (takenBack) await requestUndo(tx, action.id, 'automation', now, false);
      const reason = `${names.join(', ')} went off after action ${action.id.slice(0, 8)}, which ${takenBack ? 'is being taken back' : 'contains an open attack and is not taken back by itself'}`;
      await openFault(tx, { what: 'signal', name: `${action.playbook}/${account}`, reason }, [], now);
      return { action: action.id, alarms: names, takenBack };
    });
    if (result !== null) found.push(result);
  }
  return found;
}

/** Is the action so young that an alarm may still speak of it? */
function concerns(signal: Signal, { target, finishedAt, plannedAt }: Action, now: number): boolean {
  return (signal.account ?? target.account) === target.account && now - (finishedAt ?? plannedAt) <= signal.minutes * minute;
}

function speaks(signal: Signal, { finishedAt, plannedAt }: Action, name: string, since: number): boolean {
  const until = (finishedAt ?? plannedAt) + signal.minutes * minute;
  return since >= plannedAt && since <= until && signal.alarms.some((pattern) => meetsWildcard(pattern, name));
}

interface Alarm {
  readonly name: string;
  /** When it went off, in milliseconds since 1970. */
  readonly since: number;
}

/** The alarms that ring; none where they cannot be read: an action is not taken back for what is not known. */
async function ringing(cloud: Cloud, account: string, region: string): Promise<readonly Alarm[]> {
  const answer = await attemptRead(cloud, {
    account,
    region,
    action: 'cloudwatch:DescribeAlarms',
    input: { StateValue: 'ALARM' },
    role: 'reader',
  });
  if (!answer.ok) return [];
  const object = asObject(answer.answer) ?? {};
  return [...listAt(object, 'MetricAlarms'), ...listAt(object, 'CompositeAlarms')].flatMap((alarm) => {
    const name = textAt(alarm, 'AlarmName');
    const since = parseEventTime(textAt(alarm, 'StateTransitionedTimestamp') ?? textAt(alarm, 'StateUpdatedTimestamp') ?? '');
    return name === null || since === null ? [] : [{ name, since }];
  });
}
