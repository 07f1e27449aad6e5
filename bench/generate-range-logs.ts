import { range } from '../src/app/wire/range.ts';

/**
 * Logs of the simulated organisation, as `jobzero range --accounts 20 --days 14 --seed 77 --chaos` writes them: people, machines,
 * attacks, and what is benign and looks bad. More days than rules learn from, so that state is as large as it gets.
 */
export async function writeRangeLogs(folder: string, events: number): Promise<{ readonly objects: number; readonly events: number }> {
  const { objects, events: written } = await range({
    out: folder,
    accounts: 20,
    events,
    days: 14,
    start: null,
    seed: 77,
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
    digests: false,
    chaos: true,
    rate: null,
    port: 0,
    signal: new AbortController().signal,
    onReady: () => {},
    onFault: (message) => {
      throw new Error(message);
    },
    onProgress: () => {},
  });
  return { objects, events: written };
}
