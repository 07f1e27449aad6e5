import type { RangeInput } from '../src/app/wires.ts';

/** What `jobzero range --out` writes with nothing more asked for: CloudTrail alone, our own campaigns, no benign chaos. */
export function rangeInput(
  own: Pick<RangeInput, 'out' | 'accounts' | 'events' | 'days' | 'seed' | 'onFault'> & Partial<RangeInput>,
): RangeInput {
  return {
    start: null,
    campaigns: [],
    campaignFolders: [],
    ownCampaigns: true,
    flows: 0,
    queries: 0,
    web: 0,
    eks: 0,
    s3Access: 0,
    databases: 0,
    signIns: 0,
    edge: 0,
    api: 0,
    nlb: 0,
    clb: 0,
    digests: false,
    chaos: false,
    rate: null,
    port: 0,
    signal: new AbortController().signal,
    onReady: () => {},
    onProgress: () => {},
    ...own,
  };
}
