import { z } from 'zod';
import type { JiraSettings } from '../../core/model/channel.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter, Sent } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { jsonOf } from './json-of.ts';
import { callHttp, classify } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

const found = z.object({ issues: z.array(z.object({ key: z.string() })) });
const created = z.object({ key: z.string() });

/**
 * Creates an issue by the REST API v3. The label `jobzero-ID` is searched for first, so that a try again finds the issue that
 * is there: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post
 * Jira's search may lag some seconds behind; a try after a doubtful one comes later than that.
 */
export function jiraChannel(settings: JiraSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      const token = await deps.secret(settings.token);
      const project = letter.notification.to === '' ? settings.project : letter.notification.to;
      if (!/^[A-Z][A-Z0-9_]{1,254}$/.test(project))
        return { outcome: 'refused', reason: 'the key of a Jira project is wanted, such as SEC' };
      const basic = Buffer.from(`${settings.user}:${token}`, 'utf8').toString('base64');
      const label = `jobzero-${letter.notification.id.replace(/[^\w-]/g, '_').slice(0, 200)}`;
      const call = (path: string, body: JsonObject) =>
        callHttp({
          url: `${settings.url}${path}`,
          headers: { authorization: `Basic ${basic}`, accept: 'application/json', 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });

      const search = await call('/rest/api/3/search/jql', { jql: `labels = "${label}"`, maxResults: 1, fields: ['key'] });
      const searched = classify(search, settings.url, letter.at, '', [token, basic]);
      if (searched.outcome === 'later') return { ...searched, doubt: letter.doubt };
      if (searched.outcome !== 'accepted' || 'failed' in search) return searched;
      const known = found.safeParse(jsonOf(search.body));
      if (!known.success) return unread(letter.doubt);
      const [issue] = known.data.issues;
      if (issue !== undefined) return { outcome: 'accepted', ref: issue.key };

      const answer = await call('/rest/api/3/issue', { fields: fieldsOf(letter, settings, project, label) });
      const sent = classify(answer, settings.url, letter.at, '', [token, basic]);
      if (sent.outcome !== 'accepted' || 'failed' in answer) return sent;
      const made = created.safeParse(jsonOf(answer.body));
      return made.success ? { outcome: 'accepted', ref: made.data.key } : unread(true);
    },
  };
}

function unread(doubt: boolean): Sent {
  return { outcome: 'later', reason: 'Jira answered with something else than it should', afterMs: null, doubt };
}

function fieldsOf({ notification, link }: Letter, { type, labels }: JiraSettings, project: string, label: string): JsonObject {
  const { severity, title, text, about } = notification;
  const lines = [...plainText(text, 30_000).split('\n'), `${severity}, ${about.kind} ${oneLine(about.id, 200)}`];
  return {
    project: { key: project },
    issuetype: { name: type },
    summary: oneLine(title, 255) || '-',
    labels: ['jobzero', label, ...labels],
    description: {
      type: 'doc',
      version: 1,
      content: [
        ...lines.filter((line) => line.trim() !== '').map((line) => paragraph({ type: 'text', text: line })),
        ...(link === null ? [] : [paragraph({ type: 'text', text: 'Open in jobzero', marks: [{ type: 'link', attrs: { href: link } }] })]),
      ],
    },
  };
}

/** In the Atlassian Document Format a text node is text: nothing in it is markup. */
const paragraph = (node: JsonObject): Json => ({ type: 'paragraph', content: [node] });
