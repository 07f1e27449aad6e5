import { getText, type HttpAnswer, type HttpLimits, type ListRequest, usualLimits } from './get-text.ts';

/** What a server said of the copy that we have. */
export interface KnownCopy {
  readonly etag: string | null;
  readonly lastModified: string | null;
}

export type FetchedList = { readonly changed: false } | ({ readonly changed: true; readonly body: string } & KnownCopy);

/** Fetches a list, unless it is the copy that we have. Throws with the reason. */
export async function fetchList(asked: ListRequest, known: KnownCopy | null, limits: HttpLimits = usualLimits): Promise<FetchedList> {
  const conditions = {
    ...(known?.etag == null ? {} : { 'if-none-match': known.etag }),
    ...(known?.lastModified == null ? {} : { 'if-modified-since': known.lastModified }),
  };
  const answer = await getText({ ...asked, headers: { ...asked.headers, ...conditions } }, limits);
  if (answer.status === 304 && known !== null) return { changed: false };
  checkStatus(answer, asked);
  const { etag = null, 'last-modified': lastModified = null } = answer.headers;
  return { changed: true, body: answer.body, etag, lastModified };
}

export function checkStatus({ status }: HttpAnswer, { url }: ListRequest): void {
  if (status !== 200) throw new Error(`${new URL(url).host} answered with status ${status}`);
}
