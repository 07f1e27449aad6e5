import type { TeamsSettings } from '../../core/model/channel.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter } from '../../core/ports/channel.ts';
import { type ChannelDeps, isUrgent, mayBeRepeated } from './channel-deps.ts';
import { callHttp, classify } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

/**
 * Posts an Adaptive Card to a workflow's webhook in Teams. Texts stand in text runs, which know no Markdown and mention
 * nobody. https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using
 * Teams does not tell whether it has a message, so after a doubtful try only what is urgent is sent again, with a word
 * that says so.
 */
export function teamsChannel(settings: TeamsSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      const url = await deps.secret(settings.url);
      if (letter.doubt && !isUrgent(letter))
        return { outcome: 'unsure', reason: 'Teams does not tell whether it has this message, and it is not worth a repetition' };
      const answer = await callHttp({ url, headers: { 'content-type': 'application/json' }, body: JSON.stringify(cardOf(letter)) });
      const sent = classify(answer, url, letter.at, letter.notification.id, [url]);
      // Connectors answer 200 and tell the trouble in the text.
      const [, status] = 'failed' in answer ? [] : (/HTTP error (\d{3})/.exec(answer.body) ?? []);
      if (sent.outcome !== 'accepted' || status === undefined || 'failed' in answer) return sent;
      return classify({ ...answer, status: Number(status) }, url, letter.at, '', [url]);
    },
  };
}

/** A message has 28 KB at most: a text of 4,000 characters has 24,000 bytes where each is written as an escape. */
function cardOf({ notification, link, doubt }: Letter): JsonObject {
  const { id, kind, severity, title, text } = notification;
  const body: readonly Json[] = [
    run(`${severity}: ${oneLine(title, 250)}`, { weight: 'Bolder', size: 'Medium' }),
    ...plainText(text, 3_000)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(0, 40)
      .map((line) => run(line, {})),
    run(`jobzero, ${kind} ${oneLine(id, 64)}${doubt ? `. ${mayBeRepeated}` : ''}`, { isSubtle: true, size: 'Small' }),
  ];
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body,
          ...(link === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open in jobzero', url: link }] }),
        },
      },
    ],
  };
}

/** `{{DATE(...)}}` is a function of cards; braces of a log are kept apart. */
function run(text: string, style: JsonObject): JsonObject {
  return { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: text.replaceAll('{{', '{ {').replaceAll('}}', '} }'), ...style }] };
}
