import { CloudError } from '../../core/model/errors.ts';
import type { Cloud } from '../../core/ports/cloud.ts';

interface Page {
  readonly Events?: readonly { readonly CloudTrailEvent?: string; readonly EventTime?: string }[];
  readonly NextToken?: string;
}

/**
 * The CloudTrail records (JSON texts) of one account and Region with `from <= time < to`, in milliseconds since 1970, newest
 * first. LookupEvents reaches 90 days back, has management events only, and lets two calls a second through; the
 * adapter keeps below that. A record may come twice when a page token expired on the way: its event id is the same.
 * Global services' events are in the partition's global Region. Throws CloudError.
 */
export async function* readLookupEvents(cloud: Cloud, account: string, region: string, from: number, to: number): AsyncGenerator<string> {
  // A token belongs to the times it was given for, so `end` moves only when a walk begins anew.
  let end = to;
  let oldest = to;
  let token: string | undefined;
  let stale = 0;
  for (;;) {
    let page: Page;
    try {
      const times = { StartTime: new Date(from).toISOString(), EndTime: new Date(end).toISOString() };
      page = (await cloud.call({
        account,
        region,
        action: 'cloudtrail:LookupEvents',
        input: { ...times, MaxResults: 50, ...(token === undefined ? {} : { NextToken: token }) },
        role: 'reader',
      })) as Page;
      stale = 0;
    } catch (error) {
      // Tokens live for minutes; what was read so far is read, so begin again at the oldest record.
      if (!(error instanceof CloudError) || error.code !== 'InvalidNextTokenException' || ++stale > 3) throw error;
      token = undefined;
      // One second more: records of the same second may be on the page that was not read.
      end = Math.min(to, oldest + 1000);
      continue;
    }
    for (const event of page.Events ?? []) {
      const time = event.EventTime === undefined ? Number.NaN : Date.parse(event.EventTime);
      if (time >= to || time < from) continue;
      if (time < oldest) oldest = time;
      // A record without its text is passed on as it is, and is set aside where records are parsed.
      yield event.CloudTrailEvent ?? JSON.stringify(event);
    }
    token = page.NextToken;
    if (token === undefined || token === '') return;
  }
}
