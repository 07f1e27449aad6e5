import { webhookSignature } from '../../core/lib/webhook-signature.ts';
import type { WebhookSettings } from '../../core/model/channel.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter } from '../../core/ports/channel.ts';
import { addressOf, type ChannelDeps } from './channel-deps.ts';
import { callHttp, classify } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

/** The headers of a signed request. `at` is milliseconds since 1970. */
export function signedHeaders(secret: string, id: string, at: number, body: string): { readonly [name: string]: string } {
  const timestamp = Math.floor(at / 1000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': webhookSignature(secret, id, timestamp, body),
  };
}

/** Posts JSON that is signed as docs/reference/channels.md says. A try again has the same `webhook-id` and the same body. */
export function webhookChannel(settings: WebhookSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      const url = await addressOf(deps, settings.url);
      const secret = await deps.secret(settings.secret);
      const { id } = letter.notification;
      const body = JSON.stringify(bodyOf(letter, settings.to));
      const headers = { 'content-type': 'application/json', ...signedHeaders(secret, id, letter.at, body) };
      return classify(await callHttp({ url, headers, body }), url, letter.at, id, [secret, url]);
    },
  };
}

function bodyOf({ notification, link }: Letter, to: string): JsonObject {
  const { id, kind, about, severity, title, text, path, options } = notification;
  return {
    format: 'jobzero.notification/1',
    id,
    kind,
    about: { kind: about.kind, id: about.id },
    to: notification.to === '' ? to : notification.to,
    severity,
    title: oneLine(title, 1_000),
    text: plainText(text, 20_000),
    path,
    link,
    options: options.slice(0, 20).map((option) => ({ id: option.id, label: oneLine(option.label, 200) })),
  };
}
