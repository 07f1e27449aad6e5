import { randomUUID } from 'node:crypto';
import { answers, rules, sequences } from '../../../content/index.ts';
import { answeredBy } from '../../core/findings/imported/answered-by.ts';
import { openDurable } from '../../edge/dbos/durable.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { appPool } from '../../edge/postgres/connections.ts';
import { storeTx } from '../../edge/postgres/store-tx.ts';
import { defineCarryOut } from '../carry-out.ts';
import { closeAtSource } from '../close-at-source.ts';
import { keepDispatching } from '../dispatch.ts';
import { followSignals } from '../follow-signals.ts';
import { apartForPeopleMs, keepGoing } from '../keep-going.ts';
import { keepTriaging } from '../keep-triaging.ts';
import { saysOfError } from '../says-of-error.ts';
import { askAboutIncidents } from '../triage/ask-about-incidents.ts';
import { questionKind } from '../triage/ask-actor.ts';
import { followQuestions } from '../triage/follow-questions.ts';
import { LearningPlace, learnChanges } from '../triage/learn-changes.ts';
import { defineUndo } from '../undo-action.ts';
import type { UpEvent } from '../wires.ts';
import { openCloud, parseCloudChoice } from './cloud.ts';
import { exposingControls } from './exposing-controls.ts';
import type { Env } from './home.ts';
import { keepCalling } from './keep-calling.ts';
import { keepIncidentMode } from './keep-incident-mode.ts';
import { keepLearning } from './keep-learning.ts';
import { keepOwn } from './keep-own.ts';
import type { QueueChoice } from './keep-receiving.ts';
import { keepSending } from './keep-sending.ts';
import { keepTellingOwners } from './keep-telling-owners.ts';
import { keepTicketing } from './keep-ticketing.ts';
import { openChannels } from './open-channels.ts';
import { reachableBy } from './reachable.ts';
import { recordOwnContent } from './record-content.ts';
import { openState } from './state.ts';

/** What a worker tells the process that started it. */
export type WorkerMessage =
  | { readonly type: 'ready' }
  | {
      readonly type: 'decision';
      readonly finding: string;
      readonly title: string;
      readonly verdict: string;
      readonly reason: string;
      readonly actions: readonly string[];
      readonly judgement: string | null;
    }
  | { readonly type: 'trouble'; readonly says: string }
  | { readonly type: 'event'; readonly event: Omit<UpEvent, 'at'> };

const everyMs = 2_000;
const signalsEveryMs = 30_000;
const incidentsEveryMs = 60_000;
const changesEveryMs = 30_000;
/** What ended is put away at its source minutes later: nobody waits for it. */
const closeEveryMs = 30_000;

/** One worker: decides findings, carries out actions and takes in what queues bring until the signal comes, or whoever started it is gone. */
export async function worker({ signal }: { readonly signal: AbortSignal }, env: Env): Promise<void> {
  const tell = (message: WorkerMessage) => {
    if (process.connected) process.send?.(message);
  };
  const trouble = (error: unknown) => tell({ type: 'trouble', says: saysOfError(error) });
  const gone = new AbortController();
  // The parent's death closes the channel: no worker is left behind.
  process.on('disconnect', () => gone.abort());
  const ended = AbortSignal.any([signal, gone.signal]);

  const ends: (() => Promise<unknown>)[] = [];
  try {
    const state = await openState(env);
    ends.push(() => state.close());
    await recordOwnContent(state);
    const choice = parseCloudChoice(env['JOBZERO_CLOUD']);
    const cloud = await openCloud(choice);
    ends.push(() => cloud.close());
    const own = await keepOwn(choice, cloud, env, trouble);
    ends.push(own.stop);
    const { tenant, store, clock, playbooks } = state;
    const playbookOf = (id: string, version: number) => playbooks.find((playbook) => playbook.id === id && playbook.version === version);
    const pool = appPool(state.database.url);
    ends.push(() => pool.end());
    const durable = openDurable({
      url: state.database.url,
      systemUrl: state.database.dbosUrl,
      pool,
      pollMs: 500,
      storeTx,
      executorId: `worker-${process.pid}`,
      onError: (error, fatal) => {
        trouble(error);
        if (fatal) gone.abort();
      },
    });
    defineCarryOut(durable, { cloud, clock, playbooks: playbookOf, own: own.now });
    defineUndo(durable, { cloud, clock, playbooks: playbookOf });
    await durable.launch();
    ends.push(() => durable.shutdown());
    ends.push(await keepDispatching({ store, durable, tenant }, everyMs, trouble));
    const engines = engineLoader();
    const channels = openChannels(state.home, env, async () => cloud, trouble);
    const reachable = () => reachableBy(channels, { store, tenant });
    ends.push(
      await keepTriaging(
        {
          tenant,
          store,
          cloud,
          clock,
          engines,
          playbooks,
          rules: new Map((await rules()).map((rule) => [rule.id, rule])),
          own: own.now,
          reachable,
          answeredBy: answeredBy(await answers()),
          exposing: await exposingControls(),
          sequences: await sequences(),
        },
        everyMs,
        ({ finding, decision, actions, judgement }) =>
          tell({
            type: 'decision',
            finding: finding.id,
            title: finding.rule.title,
            verdict: decision.verdict,
            reason: decision.reason,
            actions,
            judgement,
          }),
        trouble,
      ),
    );
    ends.push(await keepSending(state, channels, trouble));
    ends.push(await keepCalling(state, channels, trouble));
    ends.push(await keepIncidentMode(state, channels, trouble));
    ends.push(
      await keepGoing(
        store,
        [`items/${questionKind}`, 'items/answer'],
        everyMs,
        () => followQuestions({ store, tenant, clock, playbooks, reachable }).then(() => {}),
        trouble,
        apartForPeopleMs,
      ),
    );
    ends.push(
      await keepGoing(store, [], incidentsEveryMs, () => askAboutIncidents({ store, tenant, clock, playbooks }).then(() => {}), trouble),
    );
    const learning = new LearningPlace();
    const learn = () => learnChanges({ store, tenant, clock, cloud }, learning).then(() => {});
    ends.push(await keepGoing(store, [], changesEveryMs, learn, trouble));
    ends.push(await keepTellingOwners(state, channels, trouble));
    ends.push(await keepTicketing(state, channels, trouble));
    ends.push(await keepLearning(state, engines, channels, trouble));
    ends.push(await keepGoing(store, [], signalsEveryMs, () => followSignals({ store, tenant, clock, cloud }).then(() => {}), trouble));
    const closing = { tenant, store, cloud, clock, worker: randomUUID() };
    ends.push(await keepGoing(store, ['settings'], closeEveryMs, () => closeAtSource(closing).then(() => {}), trouble));
    const queues = parseQueues(env['JOBZERO_QUEUES']);
    if (queues !== null) {
      // The lake and what reads logs are loaded only where they are needed.
      const { keepReceiving } = await import('./keep-receiving.ts');
      ends.push(await keepReceiving(state, queues, (event) => tell({ type: 'event', event }), trouble));
    }
    tell({ type: 'ready' });
    await new Promise<void>((resolve) => {
      if (ended.aborted) resolve();
      else ended.addEventListener('abort', () => resolve(), { once: true });
    });
  } finally {
    // In reverse; what fails to close must not keep the rest, or the process, alive.
    for (const end of ends.reverse()) await end().catch(trouble);
    // So would the channel to whoever started it.
    if (process.connected) process.disconnect();
  }
}

/** What `up` handed to a worker; nothing when there is no queue. */
function parseQueues(text: string | undefined): QueueChoice | null {
  return text === undefined || text === '' ? null : (JSON.parse(text) as QueueChoice | null);
}
