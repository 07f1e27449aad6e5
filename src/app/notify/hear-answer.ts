import { z } from 'zod';
import { pagerDutySignature, sameSignature, slackSignature, webhookSignature } from '../../core/lib/webhook-signature.ts';
import type { ChannelSettings, SecretRef } from '../../core/model/channel.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';
import type { Inbound } from './inbound.ts';
import { type GivenAnswer, type TakenAnswer, takeAnswer } from './take-answer.ts';

export interface HearDeps {
  readonly tenant: string;
  readonly store: Store;
  readonly clock: Clock;
  readonly inbound?: Inbound;
}

/** A request as it came: the bytes of the body as text, names of headers in lower case. */
export interface HookRequest {
  readonly channel: string;
  readonly header: (name: string) => string | undefined;
  readonly body: string;
}

export type Heard =
  /** There is no such channel, or it takes no answers. */
  | { readonly outcome: 'unknown-channel' }
  | { readonly outcome: 'bad-signature' | 'too-old' | 'not-understood' }
  /** Rightly signed, and nothing that we answer to. */
  | { readonly outcome: 'ignored' }
  | TakenAnswer;

/** On either side of our clock: who records a request cannot send it tomorrow. */
const windowMs = 5 * 60_000;
/** PagerDuty signs no time, and sends an event again for a while when we did not answer. */
const eventWindowMs = 60 * 60_000;

type Kind = 'slack' | 'pagerduty' | 'webhook';

/** The settings and the signing secret of a channel that takes answers. */
async function signingOf(deps: HearDeps, kind: Kind, name: string): Promise<string | null> {
  const { inbound } = deps;
  if (inbound === undefined) return null;
  const settings = (await inbound.channels()).channels.find((one) => one.name === name && one.kind === kind);
  const ref = settings === undefined ? null : signingRef(settings);
  return ref === null ? null : inbound.secret(ref);
}

function signingRef(settings: ChannelSettings): SecretRef | null {
  return 'signing' in settings ? settings.signing : null;
}

async function take(deps: HearDeps, given: GivenAnswer): Promise<TakenAnswer> {
  const { inbound } = deps;
  return inbound === undefined ? { outcome: 'unknown-person' } : takeAnswer(deps, await inbound.channels(), given);
}

function isNow(deps: HearDeps, seconds: string | undefined): boolean {
  return seconds !== undefined && /^\d{1,12}$/.test(seconds) && Math.abs(deps.clock.now() - Number(seconds) * 1000) <= windowMs;
}

const slackPayload = z.object({
  type: z.string(),
  user: z.object({ id: z.string() }),
  actions: z.array(z.object({ action_id: z.string(), block_id: z.string(), value: z.string().optional() })).optional(),
});

/**
 * A button in Slack: https://docs.slack.dev/interactivity/handling-user-interaction#payloads. The signature covers time and
 * body: https://docs.slack.dev/authentication/verifying-requests-from-slack
 */
export async function hearSlack(deps: HearDeps, { channel, header, body }: HookRequest): Promise<Heard> {
  const secret = await signingOf(deps, 'slack', channel);
  if (secret === null) return { outcome: 'unknown-channel' };
  const timestamp = header('x-slack-request-timestamp');
  const signature = header('x-slack-signature') ?? '';
  if (!sameSignature(slackSignature(secret, timestamp ?? '', body), signature)) return { outcome: 'bad-signature' };
  if (!isNow(deps, timestamp)) return { outcome: 'too-old' };
  const payload = slackPayload.safeParse(jsonOf(new URLSearchParams(body).get('payload') ?? ''));
  if (!payload.success) return { outcome: 'not-understood' };
  const answer = payload.data.actions?.find(({ action_id: id }) => /^answer-\d{1,3}$/.test(id));
  if (payload.data.type !== 'block_actions' || answer === undefined) return { outcome: 'ignored' };
  return take(deps, { channel, user: payload.data.user.id, notification: answer.block_id, option: answer.value ?? '', seal: signature });
}

const pagerDutyEvent = z.object({
  event: z.object({
    id: z.string().min(1),
    event_type: z.string(),
    occurred_at: z.string(),
    agent: z.object({ id: z.string(), type: z.string() }).nullish(),
    data: z.looseObject({ incident_key: z.string().nullish() }).nullish(),
  }),
});

/**
 * An acknowledgement in PagerDuty (webhooks v3): https://developer.pagerduty.com/docs/webhooks-overview. `incident_key` is the
 * `dedup_key` of the alert that opened the incident. While a secret is changed, there are several signatures.
 */
export async function hearPagerDuty(deps: HearDeps, { channel, header, body }: HookRequest): Promise<Heard> {
  const secret = await signingOf(deps, 'pagerduty', channel);
  if (secret === null) return { outcome: 'unknown-channel' };
  const wanted = pagerDutySignature(secret, body);
  if (!signaturesIn(header('x-pagerduty-signature'), /[,\s]+/).some((one) => sameSignature(wanted, one)))
    return { outcome: 'bad-signature' };
  const parsed = pagerDutyEvent.safeParse(jsonOf(body));
  if (!parsed.success) return { outcome: 'not-understood' };
  const { id, event_type: type, occurred_at: occurredAt, agent, data } = parsed.data.event;
  if (type !== 'incident.acknowledged' || typeof data?.incident_key !== 'string') return { outcome: 'ignored' };
  const age = deps.clock.now() - Date.parse(occurredAt);
  if (!(age <= eventWindowMs && age >= -windowMs)) return { outcome: 'too-old' };
  if (agent?.type !== 'user_reference') return { outcome: 'ignored' };
  return take(deps, { channel, user: agent.id, notification: data.incident_key, option: 'acknowledge', seal: id });
}

const webhookAnswer = z.object({ notification: z.string().min(1), option: z.string().min(1), by: z.string().min(1) });

/** An answer of a program of yours, signed as what we send: docs/reference/channels.md. */
export async function hearWebhook(deps: HearDeps, { channel, header, body }: HookRequest): Promise<Heard> {
  const secret = await signingOf(deps, 'webhook', channel);
  if (secret === null) return { outcome: 'unknown-channel' };
  const id = header('webhook-id') ?? '';
  const timestamp = header('webhook-timestamp');
  const wanted = webhookSignature(secret, id, Number(timestamp), body);
  const isSigned = id !== '' && signaturesIn(header('webhook-signature'), /\s+/).some((one) => sameSignature(wanted, one));
  if (!isSigned) return { outcome: 'bad-signature' };
  if (!isNow(deps, timestamp)) return { outcome: 'too-old' };
  const parsed = webhookAnswer.safeParse(jsonOf(body));
  if (!parsed.success) return { outcome: 'not-understood' };
  const { notification, option, by } = parsed.data;
  return take(deps, { channel, user: by, notification, option, seal: id });
}

/** A header with more signatures than any secret's change needs is a waste of our time. */
function signaturesIn(text: string | undefined, between: RegExp): readonly string[] {
  return (text ?? '').slice(0, 2_000).split(between).slice(0, 8);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
