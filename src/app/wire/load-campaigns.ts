import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Campaign, parseCampaign } from '../../core/model/campaign.ts';

/** Our own campaigns: data files beside the rules. */
const ownFolder = fileURLToPath(new URL('../../../content/campaigns/', import.meta.url));

/** The campaigns of a folder in name order. Throws InputError, with the file, for one that is none. */
export async function loadCampaigns(folder: string = ownFolder): Promise<readonly Campaign[]> {
  const names = (await readdir(folder)).filter((name) => /\.ya?ml$/.test(name)).sort();
  return Promise.all(names.map(async (name) => parseCampaign(parse(await readFile(join(folder, name), 'utf8')), join(folder, name))));
}
