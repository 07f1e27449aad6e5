import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { InputError } from '../../core/model/errors.ts';
import { takeLogObjects, writeLogObjects } from '../../range/log-objects.ts';
import { openRange } from '../../range/open-range.ts';
import { runCampaign } from '../../range/run-campaign.ts';
import { serveRange } from '../../range/serve-range.ts';
import type { RangeInput, RangeSummary } from '../wires.ts';
import { loadCampaigns } from './load-campaigns.ts';

/** Written logs cover one day, ending at a fixed time: the same seed gives the same bytes. */
const start = Date.UTC(2026, 0, 5);
const day = 86_400_000;

/** `jobzero range`: writes a day's logs with the ground truth of the attacks in it, or serves the simulated cloud. */
export async function range(input: RangeInput): Promise<RangeSummary> {
  const all = await loadCampaigns();
  const campaigns = input.campaign === null ? all : all.filter((campaign) => campaign.id === input.campaign);
  if (campaigns.length === 0)
    throw new InputError(`there is no campaign "${input.campaign}"; there are ${all.map(({ id }) => id).join(', ')}`, '--campaign');
  if (input.out !== null) {
    let now = start;
    const simulated = openRange({ seed: String(input.seed), start, now: () => now });
    const calls = runCampaign(simulated, campaigns, start, start + day);
    now = start + day;
    const objects = takeLogObjects(simulated.state, now);
    await writeLogObjects(input.out, objects);
    // A stopped trail delivers nothing: only what is in the logs can be found in them.
    const delivered = new Set(objects.flatMap(({ bytes }) => eventIdsOf(bytes)));
    const attacks = calls.filter((call) => call.attacker && call.eventId !== null && delivered.has(call.eventId));
    const truth = attacks.map(({ eventId, campaign, step, techniques, errorCode }) => ({
      eventID: eventId,
      campaign,
      step,
      techniques,
      errorCode,
    }));
    await mkdir(input.out, { recursive: true });
    // Beside the logs, not among them.
    await writeFile(`${resolve(input.out)}.truth.json`, `${JSON.stringify(truth, null, 2)}\n`);
    return {
      objects: objects.length,
      events: delivered.size,
      attackEvents: attacks.length,
      out: input.out,
    };
  }
  const simulated = openRange({ seed: String(input.seed), start: Date.now(), now: () => Date.now(), writeRole: 'administrator' });
  const token = randomBytes(24).toString('base64url');
  const server = await serveRange(simulated, { port: input.port, token });
  input.onReady(`${server.url} (bearer token ${token})`);
  await new Promise<void>((resolve) => {
    if (input.signal.aborted) resolve();
    else input.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.close();
  return { objects: 0, events: 0, attackEvents: 0, out: null };
}

function eventIdsOf(object: Uint8Array): readonly string[] {
  const { Records } = JSON.parse(gunzipSync(object).toString('utf8')) as { readonly Records: readonly { readonly eventID: string }[] };
  return Records.map(({ eventID }) => eventID);
}
