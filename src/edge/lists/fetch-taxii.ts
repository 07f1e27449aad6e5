import { z } from 'zod';
import type { Json } from '../../core/model/json.ts';
import { checkStatus } from './fetch-list.ts';
import { getText, type HttpLimits, type ListRequest, usualLimits } from './get-text.ts';

export interface TaxiiObjects {
  readonly objects: readonly Json[];
  /** The time, as the server writes it, when the last of them came to the collection: what to ask for next time. */
  readonly addedAfter: string | null;
}

/** TAXII 2.1, 3.7. */
const envelope = z.object({
  more: z.boolean().optional(),
  next: z.string().optional(),
  objects: z.array(z.unknown()).optional(),
});

const mostPages = 10_000;

/**
 * The indicators of a TAXII 2.1 collection (its URL ends with its id), page by page; those that came after `addedAfter`
 * only, if it is known. Throws with the reason: half a collection is none.
 * https://docs.oasis-open.org/cti/taxii/v2.1/os/taxii-v2.1-os.html#_Toc31107541
 */
export async function fetchTaxii(asked: ListRequest, addedAfter: string | null, limits: HttpLimits = usualLimits): Promise<TaxiiObjects> {
  const objects: Json[] = [];
  const end = Date.now() + limits.timeMs;
  let last = addedAfter;
  let next: string | null = null;
  let bytes = 0;
  for (let page = 0; page < mostPages; page++) {
    const url = new URL(`${asked.url.replace(/\/+$/, '')}/objects/`);
    url.searchParams.set('match[type]', 'indicator');
    if (addedAfter !== null) url.searchParams.set('added_after', addedAfter);
    if (next !== null) url.searchParams.set('next', next);
    const left = { bytes: limits.bytes - bytes, timeMs: Math.max(1, end - Date.now()) };
    const headers = { accept: 'application/taxii+json;version=2.1', ...asked.headers };
    const answer = await getText({ ...asked, url: url.href, headers }, left);
    checkStatus(answer, asked);
    bytes += Buffer.byteLength(answer.body);
    const parsed = envelope.safeParse(jsonOf(answer.body));
    if (!parsed.success) throw new Error(`${url.host} answered with something else than TAXII 2.1`);
    objects.push(...((parsed.data.objects ?? []) as Json[]));
    const added = answer.headers['x-taxii-date-added-last'];
    if (typeof added === 'string' && added !== '') last = added;
    if (parsed.data.more !== true) return { objects, addedAfter: last };
    const following = parsed.data.next;
    if (following === undefined || following === next) throw new Error(`${url.host} says that there is more, and not where`);
    next = following;
  }
  throw new Error(`more than ${mostPages} pages`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
