import type { PagerDutySettings } from '../../core/model/channel.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Channel, Letter } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { callHttp, classify } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

const severities: { readonly [S in Severity]: string } = {
  Critical: 'critical',
  High: 'error',
  Medium: 'warning',
  Low: 'info',
  Informational: 'info',
};

/**
 * Triggers an alert by the Events API v2, with the notification's id as `dedup_key`: sent again while the alert is open, it
 * is the same alert. What `ends` one acknowledges or resolves it, so that PagerDuty calls nobody else. https://developer.pagerduty.com/docs/send-alert-event
 */
export function pagerDutyChannel(settings: PagerDutySettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      const routingKey = await deps.secret(settings.routingKey);
      const body = JSON.stringify({ routing_key: routingKey, ...eventOf(letter) });
      const answer = await callHttp({ url: settings.url, headers: { 'content-type': 'application/json' }, body });
      return classify(answer, settings.url, letter.at, letter.notification.id, [routingKey]);
    },
  };
}

/** Within 512 KB in all, `summary` within 1,024 characters, `dedup_key` within 255. */
function eventOf({ notification, link, at }: Letter): JsonObject {
  const { id, kind, severity, title, text, about, options, to, ends } = notification;
  if (ends !== undefined) return { event_action: ends.how === 'taken' ? 'acknowledge' : 'resolve', dedup_key: ends.id.slice(0, 255) };
  return {
    event_action: 'trigger',
    dedup_key: id.slice(0, 255),
    client: 'jobzero',
    ...(link === null ? {} : { client_url: link, links: [{ href: link, text: 'Open in jobzero' }] }),
    payload: {
      summary: oneLine(title, 1_024) || '-',
      source: 'jobzero',
      severity: severities[severity],
      timestamp: new Date(at).toISOString(),
      class: kind,
      group: about.kind,
      custom_details: {
        text: plainText(text, 16_000),
        severity,
        about: `${about.kind} ${oneLine(about.id, 200)}`,
        ...(to === '' ? {} : { for: oneLine(to, 200) }),
        ...(options.length === 0 ? {} : { answers: options.slice(0, 20).map(({ label }) => oneLine(label, 100)) }),
        id,
      },
    },
  };
}
