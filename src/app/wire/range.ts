import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep, setImmediate as turn } from 'node:timers/promises';
import { ownAccountsOf } from '../../core/collect/inventory/own-accounts.ts';
import { type Campaign, natureOf } from '../../core/model/campaign.ts';
import { InputError } from '../../core/model/errors.ts';
import { ownAccounts } from '../../core/model/rule.ts';
import { writeLogs } from '../../range/large/write-logs.ts';
import type { ServiceLines } from '../../range/logs/write-services.ts';
import { openRange } from '../../range/open-range.ts';
import { serveRange } from '../../range/serve-range.ts';
import type { RangeInput, RangeSummary } from '../wires.ts';
import { loadCampaigns, readCampaigns } from './load-campaigns.ts';

/** Written logs begin at a fixed time, a Monday, unless another is given: the same seed gives the same bytes. */
const start = Date.UTC(2026, 0, 5);

/** Ordinary work of the small organisation; in written logs daily life is there anyway. */
const dailyLife = 'ordinary-day';
/** Brings trails back that attackers stopped, so that one attack does not hide the next. */
const repair = 'drift-corrected';

/** `jobzero range`: writes logs with the ground truth of the campaigns in them, or serves the simulated cloud. */
export async function range(input: RangeInput): Promise<RangeSummary> {
  return input.out === null ? serve(input) : write(input, input.out);
}

async function write(input: RangeInput, folder: string): Promise<RangeSummary> {
  const campaigns = await chosenCampaigns(input);
  const began = performance.now();
  const report = await writeLogs({
    folder,
    seed: String(input.seed),
    accounts: input.accounts,
    events: input.events,
    days: input.days,
    start: input.start ?? start,
    campaigns,
    merger: input.chaos,
    flows: input.flows,
    queries: input.queries,
    services: pick(input),
    digests: input.digests,
    onProgress: async (events) => {
      input.onProgress(events);
      // Logs are written without waiting for anything: without this no signal would be heard before the end.
      await turn();
      if (input.signal.aborted) throw input.signal.reason;
      const early = input.rate === null ? 0 : (events / input.rate) * 1000 - (performance.now() - began);
      if (early > 0) await sleep(early, undefined, { signal: input.signal });
    },
  });
  await mkdir(folder, { recursive: true });
  // Beside the logs, not among them.
  await writeFile(`${resolve(folder)}.truth.json`, `${JSON.stringify(report.truth, null, 1)}\n`);
  // What a customer's Organizations would answer: `detect --lists`.
  const lists = `${resolve(folder)}.lists`;
  await mkdir(lists, { recursive: true });
  await writeFile(
    join(lists, `${ownAccounts}.txt`),
    ownAccountsOf(report.members, input.start ?? start)
      .map((id) => `${id}\n`)
      .join(''),
  );
  const publicKeys = report.publicKeys === null ? null : `${resolve(folder)}.public-keys.json`;
  if (publicKeys !== null) await writeFile(publicKeys, `${JSON.stringify(report.publicKeys, null, 1)}\n`);
  const attacks = new Set(report.truth.campaigns.filter(({ kind }) => kind === 'attack').map(({ id }) => id));
  return {
    objects: report.objects,
    events: report.events,
    lines: report.lines,
    attackEvents: report.truth.events.filter(({ campaign }) => attacks.has(campaign)).length,
    campaigns: report.truth.campaigns.length,
    publicKeys,
    out: folder,
  };
}

function pick({ web, eks, s3Access, databases, signIns, edge, api, nlb, clb }: RangeInput): ServiceLines {
  return { web, eks, s3Access, databases, signIns, edge, api, nlb, clb };
}

/** Those that were named; else every attack, all foreign ones, and with chaos what is benign. */
async function chosenCampaigns(input: RangeInput): Promise<readonly Campaign[]> {
  const foreign: Campaign[] = [];
  for (const folder of input.campaignFolders) {
    const { campaigns, faults } = await readCampaigns(folder);
    for (const fault of faults) input.onFault(fault.message);
    foreign.push(...campaigns);
  }
  const taken = new Set(foreign.map(({ id }) => id));
  const own = input.ownCampaigns ? (await loadCampaigns()).filter(({ id }) => !taken.has(id)) : [];
  const all = [...own, ...foreign];
  if (input.campaigns.length === 0) {
    const wanted = own.filter(
      (campaign) => campaign.id !== dailyLife && (input.chaos || campaign.id === repair || natureOf(campaign).kind === 'attack'),
    );
    return [...wanted, ...foreign];
  }
  return input.campaigns.map((id) => {
    const found = all.find((campaign) => campaign.id === id);
    if (found === undefined)
      throw new InputError(`there is no campaign "${id}"; there are ${all.map((each) => each.id).join(', ')}`, '--campaign');
    return found;
  });
}

async function serve(input: RangeInput): Promise<RangeSummary> {
  const simulated = openRange({ seed: String(input.seed), start: Date.now(), now: () => Date.now(), writeRole: 'administrator' });
  const token = randomBytes(24).toString('base64url');
  const server = await serveRange(simulated, { port: input.port, token });
  input.onReady(`${server.url} (bearer token ${token})`);
  await new Promise<void>((resolve) => {
    if (input.signal.aborted) resolve();
    else input.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
  return { objects: 0, events: 0, lines: 0, attackEvents: 0, campaigns: 0, publicKeys: null, out: null };
}
