import { callHttp, snippet } from './post.ts';

/** Tells a dead man's switch that we live; null, or why it was not told. */
export async function beat(url: string, method: 'GET' | 'POST'): Promise<string | null> {
  const answer = await callHttp({ url, method, timeMs: 10_000, ...(method === 'POST' ? { body: '' } : {}) });
  if ('failed' in answer) return answer.failed;
  return answer.status >= 200 && answer.status < 300
    ? null
    : `${new URL(url).host} answered with status ${answer.status}${snippet(answer.body, [url])}`;
}
