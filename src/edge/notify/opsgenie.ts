import { z } from 'zod';
import type { OpsgenieSettings } from '../../core/model/channel.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Severity } from '../../core/model/severity.ts';
import type { Channel, Letter, Taken } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { jsonOf } from './json-of.ts';
import { callHttp, classify } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

const priorities: { readonly [S in Severity]: string } = { Critical: 'P1', High: 'P2', Medium: 'P3', Low: 'P4', Informational: 'P5' };

/** `team:NAME`, `schedule:NAME`, `escalation:NAME`; anything else is a user's name. */
function responderOf(to: string): JsonObject {
  const [, type, name] = /^(team|schedule|escalation|user):(.+)$/.exec(to) ?? [];
  if (type === undefined || name === undefined || type === 'user') return { type: 'user', username: name ?? to };
  return { type, name };
}

const alert = z.object({
  data: z.object({ acknowledged: z.boolean(), report: z.object({ acknowledgedBy: z.string().nullish() }).nullish() }),
});
const askTimeMs = 10_000;

/**
 * Creates an alert, with the notification's id as `alias`: sent again while the alert is open, it only counts up. Others that
 * speak the same API are reached by `url`. What `ends` one acknowledges or closes it, so that Opsgenie calls nobody else. Its webhooks are not signed, so who
 * acknowledged an alert is asked, by the alias; the key must be allowed to read. https://docs.opsgenie.com/docs/alert-api
 */
export function opsgenieChannel(settings: OpsgenieSettings, deps: ChannelDeps): Channel & Required<Pick<Channel, 'taken'>> {
  const ofAlert = (id: string, what = '') => `${settings.url}/${encodeURIComponent(id.slice(0, 512))}${what}?identifierType=alias`;
  const headers = (key: string) => ({ authorization: `GenieKey ${key}` });
  return {
    async send(letter) {
      const key = await deps.secret(settings.apiKey);
      const to = letter.notification.to === '' ? settings.to : letter.notification.to;
      const { ends } = letter.notification;
      const done = ends?.how === 'taken' ? 'acknowledge' : 'close';
      const answer = await callHttp({
        url: ends === undefined ? settings.url : ofAlert(ends.id, `/${done}`),
        headers: { ...headers(key), 'content-type': 'application/json' },
        body: JSON.stringify(ends === undefined ? alertOf(letter, to) : { source: 'jobzero' }),
      });
      return classify(answer, settings.url, letter.at, letter.notification.id, [key]);
    },
    async taken(notification): Promise<Taken> {
      const key = await deps.secret(settings.apiKey);
      const answer = await callHttp({ url: ofAlert(notification), method: 'GET', headers: headers(key), timeMs: askTimeMs });
      const asked = classify(answer, settings.url, 0, '', [key]);
      if (asked.outcome !== 'accepted') return { outcome: 'unknown', reason: asked.reason };
      const read = alert.safeParse('body' in answer ? jsonOf(answer.body) : null);
      if (!read.success) return { outcome: 'unknown', reason: 'Opsgenie answered with something else than it should' };
      const { acknowledged, report } = read.data.data;
      const by = report?.acknowledgedBy ?? '';
      return acknowledged && by !== '' ? { outcome: 'taken', by: oneLine(by, 300) } : { outcome: 'open' };
    },
  };
}

/** `message` within 130 characters, `alias` 512, `description` 15,000, `details` 8,000 in all. HTML is understood there, so none is let through. */
function alertOf({ notification, link }: Letter, to: string): JsonObject {
  const { id, kind, severity, title, text, about } = notification;
  const more = link === null ? '' : `\n\n${link}`;
  return {
    message: noMarkup(oneLine(title, 130)) || '-',
    alias: id.slice(0, 512),
    description: `${noMarkup(plainText(text, 15_000 - more.length))}${more}`,
    ...(to === '' ? {} : { responders: [responderOf(to)] }),
    tags: ['jobzero', kind],
    details: { about: `${about.kind} ${oneLine(about.id, 200)}`, severity, id },
    entity: oneLine(about.id, 512),
    source: 'jobzero',
    priority: priorities[severity],
  };
}

/** The same length, so that limits hold, and readable. */
const noMarkup = (text: string): string => text.replaceAll('<', '‹').replaceAll('>', '›');
