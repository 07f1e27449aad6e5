import { z } from 'zod';
import type { SlackSettings } from '../../core/model/channel.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter, Sent } from '../../core/ports/channel.ts';
import { type ChannelDeps, isUrgent, mayBeRepeated } from './channel-deps.ts';
import { jsonOf } from './json-of.ts';
import { callHttp, classify, type HttpAnswer, type HttpFailure, retryAfter } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

/** Slack answers 200 with `ok: false` for most errors. */
const answerSchema = z.object({ ok: z.boolean(), error: z.string().optional(), ts: z.string().optional() });
const historySchema = z.object({
  ok: z.literal(true),
  messages: z.array(
    z.object({ ts: z.string(), metadata: z.object({ event_payload: z.object({ id: z.string().optional() }).optional() }).optional() }),
  ),
});

/** https://docs.slack.dev/reference/methods/chat.postMessage#errors: what may be gone at the next try; of some of it, a part was done. */
const passing: ReadonlyMap<string, boolean> = new Map([
  ['ratelimited', false],
  ['rate_limited', false],
  ['service_unavailable', false],
  ['team_added_to_org', false],
  ['request_timeout', false],
  ['internal_error', true],
  ['fatal_error', true],
]);

const searchedMs = 60 * 60_000;

/**
 * Posts by `chat.postMessage`: https://docs.slack.dev/reference/methods/chat.postMessage. All texts are `plain_text`, which
 * has no markup and mentions nobody; the short text beside the blocks, which has, is escaped.
 * After a doubtful try the conversation is searched for the notification's id in the messages' metadata; where that is
 * not allowed (scope `channels:history` and its kin), only what is urgent is sent again.
 */
export function slackChannel(settings: SlackSettings, deps: ChannelDeps): Channel {
  async function call(method: string, type: string, body: string, token: string): Promise<HttpAnswer | HttpFailure> {
    return callHttp({ url: `${settings.url}/${method}`, headers: { authorization: `Bearer ${token}`, 'content-type': type }, body });
  }

  /** The time stamp of the message that has this id, null when there is none, undefined when it cannot be told. */
  async function find(letter: Letter, channel: string, token: string): Promise<string | null | undefined> {
    const oldest = String(Math.floor((letter.at - searchedMs) / 1000));
    const form = new URLSearchParams({ channel, oldest, include_all_metadata: 'true', limit: '200' });
    const answer = await call('conversations.history', 'application/x-www-form-urlencoded', form.toString(), token);
    const history = historySchema.safeParse('failed' in answer ? null : jsonOf(answer.body));
    if (!history.success) return undefined;
    return history.data.messages.find(({ metadata }) => metadata?.event_payload?.id === letter.notification.id)?.ts ?? null;
  }

  return {
    async send(letter) {
      const token = await deps.secret(settings.token);
      const channel = letter.notification.to === '' ? settings.to : letter.notification.to;
      if (letter.doubt) {
        const found = /^[CGD][A-Z0-9]+$/.test(channel) ? await find(letter, channel, token) : undefined;
        if (typeof found === 'string') return { outcome: 'accepted', ref: found };
        if (found === undefined && !isUrgent(letter))
          return { outcome: 'unsure', reason: 'Slack does not tell whether it has this message, and it is not worth a repetition' };
      }
      const body = JSON.stringify(messageOf(letter, channel));
      const answer = await call('chat.postMessage', 'application/json; charset=utf-8', body, token);
      return sentOf(answer, settings.url, letter.at, token);
    },
  };
}

function sentOf(answer: HttpAnswer | HttpFailure, url: string, at: number, token: string): Sent {
  const sent = classify(answer, url, at, '', [token]);
  if (sent.outcome !== 'accepted' || 'failed' in answer) return sent;
  const said = answerSchema.safeParse(jsonOf(answer.body));
  if (!said.success) return { outcome: 'later', reason: 'Slack answered with something else than it should', afterMs: null, doubt: true };
  if (said.data.ok) return { outcome: 'accepted', ref: said.data.ts ?? '' };
  const error = oneLine(said.data.error ?? 'unknown', 60);
  const doubt = passing.get(error);
  return doubt === undefined
    ? { outcome: 'refused', reason: `Slack refused: ${error}` }
    : { outcome: 'later', reason: `Slack: ${error}`, afterMs: retryAfter(answer, at), doubt };
}

function messageOf({ notification, link, doubt }: Letter, channel: string): JsonObject {
  const { id, kind, severity, title, text, options } = notification;
  const heading = `${severity}: ${title}`;
  const buttons = [
    ...options.slice(0, 20).map((option, i) => ({
      type: 'button',
      action_id: `answer-${i}`,
      text: plain(option.label, 75),
      value: option.id.slice(0, 2_000),
    })),
    ...(link === null || link.length > 3_000 ? [] : [{ type: 'button', action_id: 'open', text: plain('Open', 75), url: link }]),
  ];
  const blocks: readonly Json[] = [
    { type: 'header', text: plain(heading, 150) },
    { type: 'section', text: { type: 'plain_text', text: nonEmpty(plainText(text, 3_000)), emoji: false } },
    ...(buttons.length === 0 ? [] : [{ type: 'actions', block_id: id.slice(0, 255), elements: buttons }]),
    { type: 'context', elements: [plain(`jobzero, ${kind} ${id}${doubt ? `. ${mayBeRepeated}` : ''}`, 300)] },
  ];
  return {
    channel,
    text: escaped(oneLine(heading, 300)),
    blocks,
    metadata: { event_type: 'jobzero_notification', event_payload: { id } },
    unfurl_links: false,
    unfurl_media: false,
  };
}

const plain = (text: string, max: number): JsonObject => ({ type: 'plain_text', text: nonEmpty(oneLine(text, max)), emoji: false });
const nonEmpty = (text: string): string => (text.trim() === '' ? '-' : text);

/** https://docs.slack.dev/messaging/formatting-message-text#escaping */
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
