import { z } from 'zod';
import type { JiraSettings } from '../../core/model/channel.ts';
import type { Letter, Sent } from '../../core/ports/channel.ts';
import { documentOf, type Jira, unread } from './jira-call.ts';
import { oneLine } from './safe-text.ts';

const issue = z.object({ fields: z.object({ status: z.object({ statusCategory: z.object({ key: z.string() }) }) }) });
const transitions = z.object({
  transitions: z.array(z.object({ id: z.string(), name: z.string(), to: z.object({ name: z.string() }).optional() })),
});

/**
 * Says more in a ticket that was made before, as a comment; after the last word takes it to the end of its workflow, where settings name that. Nothing is said in a ticket that
 * people have closed or removed: that is `unsure`, and no fault of the channel. After a doubt the latest comments are searched for the notification's id.
 * https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/
 */
export async function sayInTicket(jira: Jira, { done }: JiraSettings, { notification, link, doubt }: Letter, ref: string): Promise<Sent> {
  const path = `/rest/api/3/issue/${encodeURIComponent(ref)}`;
  const mark = `jobzero ${oneLine(notification.id, 200)}`;
  const name = oneLine(ref, 100);

  const now = await jira.get(`${path}?fields=status`);
  if (!now.ok && now.status === 404) return { outcome: 'unsure', reason: `Jira has no ${name} any more` };
  if (!now.ok) return now.sent.outcome === 'later' ? { ...now.sent, doubt } : now.sent;
  const read = issue.safeParse(now.json);
  if (!read.success) return unread(doubt);
  const isClosed = read.data.fields.status.statusCategory.key === 'done';

  const comments = doubt ? await jira.get(`${path}/comment?orderBy=-created&maxResults=20`) : null;
  if (comments?.ok === false) return comments.sent.outcome === 'later' ? { ...comments.sent, doubt } : comments.sent;
  const isSaid = comments?.text.includes(`"${mark}"`) === true;
  if (isClosed) return isSaid ? { outcome: 'accepted', ref } : { outcome: 'unsure', reason: `${name} is closed in Jira` };
  if (!isSaid) {
    const said = await jira.post(`${path}/comment`, { body: documentOf(notification.text, [mark], link) });
    if (!said.ok) return said.sent;
  }
  if (notification.ticket?.over !== true || done === null) return { outcome: 'accepted', ref };
  const failed = await end(jira, path, done);
  // The comment is there: a try again finds it.
  return failed === null ? { outcome: 'accepted', ref } : failed.outcome === 'later' ? { ...failed, doubt: true } : failed;
}

/** Takes it there by the transition, or to the status, of this name; where the workflow has none from here, people do that. Null: done. */
async function end(jira: Jira, path: string, done: string): Promise<Exclude<Sent, { readonly outcome: 'accepted' }> | null> {
  const known = await jira.get(`${path}/transitions`);
  if (!known.ok) return known.sent;
  const read = transitions.safeParse(known.json);
  if (!read.success) return unread(true);
  const isCalled = (text: string | undefined) => text?.toLowerCase() === done.toLowerCase();
  const way = read.data.transitions.find(({ name, to }) => isCalled(name) || isCalled(to?.name));
  if (way === undefined) return null;
  const taken = await jira.post(`${path}/transitions`, { transition: { id: way.id } });
  return taken.ok ? null : taken.sent;
}
