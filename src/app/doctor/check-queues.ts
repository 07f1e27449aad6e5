import { parsePolicy, type Statement } from '../../core/lib/access/policy.ts';
import { publicStatements } from '../../core/lib/access/public-statements.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { QueueLook, QueueState } from '../../core/ports/log-queue.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** What waits for longer is late; workers take messages within seconds. */
const lateMs = 60 * 60_000;

type Said = { readonly bad?: string; readonly warn?: string };

/**
 * Are the queues there, do they bring what they should in time, and may nobody else put something in? A queue that is not there or that everybody may write to
 * is bad. What strangers can bring about by a message alone (an old one, a full dead-letter queue) only warns, else they could keep playbooks from being armed.
 */
export async function checkQueues({ queues, cloud }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  if (queues.length === 0) return [{ id: 'queues', state: 'not-needed', says: 'No queue brings logs here.', fix: '' }];
  const members = (await cloud.members().catch(() => null)) ?? (await cloud.accounts());
  const own = new Set(members.map(({ id }) => id));
  return Promise.all(queues.map((queue) => checkOf(queue, own)));
}

async function checkOf(queue: QueueLook, own: ReadonlySet<string>): Promise<DoctorCheck> {
  const id = `queue-${queue.name}`;
  let state: QueueState;
  try {
    state = await queue.look();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // Receiving has a permission of its own.
    return error.kind === 'denied'
      ? { id, state: 'warning', says: `It cannot be looked at: ${error.action} was refused.`, fix: `Permit ${error.action} on it.` }
      : { id, state: 'bad', says: `It cannot be reached: ${error.message}`, fix: 'See whether the queue of --queue is still there.' };
  }
  const said = [...ageOf(state), ...deadOf(state), ...sendersOf(state, own)];
  const bad = said.flatMap((one) => one.bad ?? []);
  const warned = said.flatMap((one) => one.warn ?? []);
  if (bad.length + warned.length === 0)
    return { id, state: 'good', says: `It is there, ${state.waiting} messages wait in time, and only who should may send.`, fix: '' };
  return {
    id,
    state: bad.length > 0 ? 'bad' : 'warning',
    says: [...bad, ...warned].join(' '),
    fix: 'docs/guides/deliver-logs.md has the policy and the dead-letter queue that it should have.',
  };
}

function ageOf({ waiting, oldestMs }: QueueState): readonly Said[] {
  if (oldestMs === null) return waiting === 0 ? [] : [{ warn: `${waiting} messages wait, and for how long is not known.` }];
  if (typeof oldestMs !== 'number') return [{ warn: `How long ${waiting} messages wait is not known: ${oldestMs.missing} was refused.` }];
  return oldestMs > lateMs ? [{ warn: `The oldest of ${waiting} messages has waited for ${Math.round(oldestMs / 60_000)} minutes.` }] : [];
}

function deadOf({ dead }: QueueState): readonly Said[] {
  if (dead === null) return [{ warn: 'It has no dead-letter queue: what cannot be used stays in it.' }];
  if (typeof dead.waiting !== 'number')
    return [{ warn: `Its dead-letter queue ${dead.name} cannot be looked at: ${dead.waiting.missing} was refused.` }];
  return dead.waiting === 0 ? [] : [{ warn: `${dead.waiting} messages that could not be used lie in its dead-letter queue ${dead.name}.` }];
}

/** Who may send beside its owner: everybody, an account outside of the organisation, or a service of AWS on anybody's behalf. */
function sendersOf({ policy }: QueueState, own: ReadonlySet<string>): readonly Said[] {
  const document = documentOf(policy);
  const parsed = document === null ? null : parsePolicy(document);
  if (document === null || parsed === null)
    return policy === null || policy === '' ? [] : [{ warn: 'Its policy could not be understood.' }];
  const open = publicStatements(document)?.open ?? [];
  if (open.length > 0) return [{ bad: `Its policy lets in strangers: ${open.map(({ why }) => why).join('; ')}.` }];
  const sends = parsed.statements.filter((statement) => statement.effect === 'Allow' && maySend(statement));
  const accounts = new Set(
    sends.flatMap(({ principals }) => (principals.not ? [] : principals.aws)).flatMap((one) => /\b\d{12}\b/.exec(one)?.[0] ?? []),
  );
  const foreign = [...accounts].filter((account) => !own.has(account)).sort();
  const services = sends
    .filter((statement) => !isForSomebody(statement))
    .flatMap(({ principals }) => (principals.not ? [] : principals.service));
  return [
    ...(foreign.length === 0 ? [] : [{ warn: `Accounts outside of the organisation may send: ${foreign.join(', ')}.` }]),
    ...(services.length === 0
      ? []
      : [
          {
            bad: `${[...new Set(services)].sort().join(', ')} may send on anybody's behalf: a condition on aws:SourceArn or aws:SourceAccount is missing.`,
          },
        ]),
  ];
}

function maySend({ actions }: Statement): boolean {
  const covers = actions.patterns.some((pattern) => ['*', 'sqs:*', 'sqs:send*', 'sqs:sendmessage'].includes(pattern));
  return actions.not ? !covers : covers;
}

/** The keys by which a service says for whom it calls: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html */
const onBehalf: ReadonlySet<string> = new Set(['aws:sourcearn', 'aws:sourceaccount', 'aws:sourceorgid', 'aws:sourceorgpaths']);

function isForSomebody({ conditions }: Statement): boolean {
  return conditions.some(
    ({ key, negated, values }) => onBehalf.has(key) && !negated && values.length > 0 && values.every((value) => value !== '*'),
  );
}

function documentOf(policy: string | null): Json | null {
  try {
    return policy === null || policy === '' ? null : (JSON.parse(policy) as Json);
  } catch {
    return null;
  }
}
