import { z } from 'zod';
import type { JiraSettings } from '../../core/model/channel.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Channel, Letter, Sent } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { documentOf, type Jira, type JiraAnswer, openJira, unread } from './jira-call.ts';
import { sayInTicket } from './jira-comment.ts';
import { oneLine } from './safe-text.ts';

const found = z.object({ issues: z.array(z.object({ key: z.string() })) });
const created = z.object({ key: z.string() });
const refusal = z.object({ errors: z.record(z.string(), z.unknown()) });

/** What a ticket can do without: a project may not have the field on its screen, or not this value. */
const dispensable: ReadonlySet<string> = new Set(['priority', 'assignee', 'components']);
/** What was just made is found by a search some seconds later. */
const searchLagsMs = 60_000;

/**
 * Creates an issue by the REST API v3. The label `jobzero-ID` is searched for first, so that a try again finds the issue that
 * is there: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/#api-rest-api-3-search-jql-post
 * Jira's search may lag some seconds behind; a try after a doubtful one comes later than that. What is said of a ticket that was made before is a comment in it.
 */
export function jiraChannel(settings: JiraSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      const jira = await openJira(settings, deps, letter);
      const ref = letter.notification.ticket?.ref ?? null;
      return ref === null ? make(jira, settings, letter) : sayInTicket(jira, settings, letter, ref);
    },
  };
}

async function make(jira: Jira, settings: JiraSettings, letter: Letter): Promise<Sent> {
  const project = letter.notification.to === '' ? settings.project : letter.notification.to;
  if (!/^[A-Z][A-Z0-9_]{1,254}$/.test(project)) return { outcome: 'refused', reason: 'the key of a Jira project is wanted, such as SEC' };
  const label = `jobzero-${letter.notification.id.replace(/[^\w-]/g, '_').slice(0, 200)}`;

  const search = await jira.post('/rest/api/3/search/jql', { jql: `labels = "${label}"`, maxResults: 1, fields: ['key'] });
  if (!search.ok) return search.sent.outcome === 'later' ? { ...search.sent, doubt: letter.doubt } : search.sent;
  const known = found.safeParse(search.json);
  if (!known.success) return unread(letter.doubt);
  const [issue] = known.data.issues;
  if (issue !== undefined) return { outcome: 'accepted', ref: issue.key };

  const fields = fieldsOf(letter, settings, project, label);
  const first = await jira.post('/rest/api/3/issue', { fields });
  const without = unfit(first);
  const rest = Object.fromEntries(Object.entries(fields).filter(([name]) => !without.includes(name)));
  const answer = without.length === 0 ? first : await jira.post('/rest/api/3/issue', { fields: rest });
  if (!answer.ok) return afterSearchKnows(answer.sent);
  const made = created.safeParse(answer.json);
  return made.success ? { outcome: 'accepted', ref: made.data.key } : afterSearchKnows(unread(true));
}

/** Names of the fields because of which alone the issue was refused, when it can do without them. */
function unfit(answer: JiraAnswer): readonly string[] {
  if (answer.ok || answer.status !== 400) return [];
  const read = refusal.safeParse(answer.json);
  const names = read.success ? Object.keys(read.data.errors) : [];
  return names.every((name) => dispensable.has(name)) ? names : [];
}

function afterSearchKnows(sent: Exclude<Sent, { readonly outcome: 'accepted' }>): Sent {
  return sent.outcome === 'later' && sent.doubt ? { ...sent, afterMs: Math.max(sent.afterMs ?? 0, searchLagsMs) } : sent;
}

function fieldsOf({ notification, link }: Letter, settings: JiraSettings, project: string, label: string): JsonObject {
  const { severity, title, text, about, ticket } = notification;
  const { type, labels, priorities, components } = settings;
  return {
    project: { key: project },
    issuetype: { name: type },
    summary: oneLine(title, 255) || '-',
    labels: ['jobzero', label, ...(ticket?.labels ?? []), ...labels],
    description: documentOf(text, [`${severity}, ${about.kind} ${oneLine(about.id, 200)}`], link),
    ...(ticket === undefined ? {} : { priority: { name: priorities[severity] } }),
    ...(ticket?.assignee == null ? {} : { assignee: { id: ticket.assignee } }),
    ...(ticket === undefined || components.length === 0 ? {} : { components: components.map((name) => ({ name })) }),
  };
}
