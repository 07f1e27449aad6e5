import type { JiraSettings } from '../../core/model/channel.ts';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Letter, Sent } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { jsonOf } from './json-of.ts';
import { callHttp, classify } from './post.ts';
import { plainText } from './safe-text.ts';

/** What Jira answered with a status of 2xx, as JSON and as text; or what became of a try that had no such answer, with the answer's JSON where there was one. */
export type JiraAnswer =
  | { readonly ok: true; readonly json: unknown; readonly text: string }
  | {
      readonly ok: false;
      readonly sent: Exclude<Sent, { readonly outcome: 'accepted' }>;
      readonly status: number | null;
      readonly json: unknown;
    };

export interface Jira {
  get(path: string): Promise<JiraAnswer>;
  post(path: string, body: JsonObject): Promise<JiraAnswer>;
}

/** What is said in one message takes seven calls at most, and all of them together less time than a worker's lease. */
const timeMs = 12_000;

/** Calls of the REST API v3, in the name of the channel's user. */
export async function openJira({ url, user, token }: JiraSettings, deps: ChannelDeps, { at }: Letter): Promise<Jira> {
  const secret = await deps.secret(token);
  const basic = Buffer.from(`${user}:${secret}`, 'utf8').toString('base64');
  async function call(method: 'GET' | 'POST', path: string, body?: JsonObject): Promise<JiraAnswer> {
    const answer = await callHttp({
      url: `${url}${path}`,
      method,
      headers: { authorization: `Basic ${basic}`, accept: 'application/json', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeMs,
    });
    const sent = classify(answer, url, at, '', [secret, basic]);
    const json = 'body' in answer ? jsonOf(answer.body) : null;
    if (sent.outcome !== 'accepted' || 'failed' in answer)
      return {
        ok: false,
        sent: sent.outcome === 'accepted' ? unread(true) : sent,
        status: 'status' in answer ? answer.status : null,
        json,
      };
    return { ok: true, json, text: answer.body };
  }
  return { get: (path) => call('GET', path), post: (path, body) => call('POST', path, body) };
}

/** Jira said yes with something that is not understood. */
export function unread(doubt: boolean): Extract<Sent, { readonly outcome: 'later' }> {
  return { outcome: 'later', reason: 'Jira answered with something else than it should', afterMs: null, doubt };
}

/** Lines of text from anywhere in the Atlassian Document Format, whose text nodes are text: nothing in them is markup. */
export function documentOf(text: string, more: readonly string[], link: string | null): JsonObject {
  const lines = [...plainText(text, 30_000).split('\n'), ...more].filter((line) => line.trim() !== '');
  return {
    type: 'doc',
    version: 1,
    content: [
      ...lines.map((line) => paragraph({ type: 'text', text: line })),
      ...(link === null ? [] : [paragraph({ type: 'text', text: 'Open in jobzero', marks: [{ type: 'link', attrs: { href: link } }] })]),
    ],
  };
}

const paragraph = (node: JsonObject): Json => ({ type: 'paragraph', content: [node] });
