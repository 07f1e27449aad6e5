import { closeQuietFindings } from '../close-quiet-findings.ts';
import { issueSignInLink } from '../console/sign-in.ts';
import { keepGoing } from '../keep-going.ts';
import { saysOfError } from '../says-of-error.ts';
import type { UpEvent, UpInput } from '../wires.ts';
import { hasCredentials } from './cloud.ts';
import { clearRunning, type Env, homeOf, readRunning, writeRunning } from './home.ts';
import { keepAutomationQueue } from './keep-automation-queue.ts';
import { keepChannels } from './keep-channels.ts';
import { keepCollecting } from './keep-collecting.ts';
import { keepDoctor } from './keep-doctor.ts';
import { keepLists } from './keep-lists.ts';
import { keepOnCall } from './keep-on-call.ts';
import { keepOwnAccounts } from './keep-own-accounts.ts';
import { keepProving } from './keep-proving.ts';
import { keepReadingSources } from './keep-reading-sources.ts';
import { keepRules } from './keep-rules.ts';
import { keepScanning } from './keep-scanning.ts';
import { keepTelling } from './keep-telling.ts';
import { keepTolerance, reviewModeOf } from './keep-tolerance.ts';
import { recordOwnContent } from './record-content.ts';
import { openState, whoami } from './state.ts';
import { startWorkers } from './workers.ts';

const closeQuietEveryMs = 3_600_000;
const sequenceEveryMs = 1_000;

/**
 * `jobzero up`: the state, the workers, the collector, the sequencer and the console, until the signal comes. Without
 * AWS credentials, a simulated organisation with an attack in progress stands for AWS. A second start finds what runs
 * and gives a new link.
 */
export async function up(input: UpInput, env: Env): Promise<void> {
  const tell = (event: Omit<UpEvent, 'at'>) => input.onEvent({ at: Date.now(), ...event });
  const running = await readRunning(homeOf(env));
  const state = await openState(env);
  const who = whoami();
  if (running !== null) {
    const url = await issueSignInLink(state, running.url, who);
    await state.close();
    tell({ event: 'attached', says: 'jobzero runs here already; this link signs in once.', url });
    return;
  }
  const ends: (() => Promise<void>)[] = [() => state.close()];
  const troubled = (error: unknown) => tell({ event: 'trouble', says: saysOfError(error) });
  try {
    await recordOwnContent(state);
    const simulated = !hasCredentials(input, env);
    tell({
      event: 'started',
      says: simulated
        ? 'No AWS credentials: starting a simulated organisation with an attack in progress.'
        : 'Starting with your AWS account. Everything is dry run until armed.',
    });
    const console = await input.serve(state, input.port);
    ends.push(() => console.close());
    await writeRunning(state.home, { pid: process.pid, url: console.url });
    ends.push(() => clearRunning(state.home));
    const sequencer = setInterval(() => void state.ledger.sequence(Date.now()).catch(troubled), sequenceEveryMs);
    ends.push(async () => {
      clearInterval(sequencer);
      // What was written in the last second is numbered too.
      await state.ledger.sequence(Date.now()).catch(troubled);
    });

    const source = simulated
      ? await (await import('./simulate.ts')).simulate(state, env, troubled)
      : await (await import('./real-account.ts')).realAccount(state, input, troubled);
    ends.push(source.stop);
    ends.push(await keepTolerance(state, source.tolerance, tell, reviewModeOf(env)));
    ends.push(await keepRules(state, tell, troubled, reviewModeOf(env)));
    ends.push(await keepTelling(state, tell, troubled));
    // Before the first event is judged.
    ends.push(await keepOwnAccounts(state, source.cloud, troubled));
    const workers = startWorkers(input.workers, source, env, tell, input.signal);
    ends.push(workers.stop);
    await Promise.race([workers.ready, aborted(input.signal)]);
    ends.push(await keepScanning(state, source.cloud, tell, troubled));
    ends.push(await keepReadingSources(state, source.cloud, tell, troubled));
    ends.push(keepLists(state, env, tell, troubled));
    ends.push(keepChannels(state, env, tell, troubled));
    ends.push(keepOnCall(state, tell, troubled));
    ends.push(await keepAutomationQueue(state, troubled));
    ends.push(await keepCollecting(state, source, tell, troubled));
    ends.push(keepProving(state, input, tell, troubled));
    ends.push(await keepDoctor(state, source.cloud, { ...input, roleArn: input.roleArn ?? null }, env, troubled));
    ends.push(await keepGoing(state.store, [], closeQuietEveryMs, () => closeQuietFindings(state).then(() => {}), troubled));
    tell({ event: 'ready', says: 'The console is ready; this link signs in once.', url: await issueSignInLink(state, console.url, who) });
    await aborted(input.signal);
  } finally {
    // In reverse: what was started last depends on what was started first.
    for (const end of ends.reverse()) await end().catch(troubled);
    tell({ event: 'stopped', says: 'Stopped.' });
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
