import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type Campaign, parseCampaign } from '../../core/model/campaign.ts';
import { InputError } from '../../core/model/errors.ts';

/** Our own campaigns: data files beside the rules. */
const ownFolder = fileURLToPath(new URL('../../../content/campaigns/', import.meta.url));

/** The campaigns of a folder in name order. Throws InputError, with the file, for one that is none. */
export async function loadCampaigns(folder: string = ownFolder): Promise<readonly Campaign[]> {
  const { campaigns, faults } = await readCampaigns(folder);
  const [fault] = faults;
  if (fault !== undefined) throw fault;
  return campaigns;
}

/** The campaigns of a folder and those below, in name order, and what is wrong with the files that are none. */
export async function readCampaigns(
  folder: string,
): Promise<{ readonly campaigns: readonly Campaign[]; readonly faults: readonly InputError[] }> {
  const campaigns: Campaign[] = [];
  const faults: InputError[] = [];
  const seen = new Set<string>();
  for (const name of (await namesIn(folder)).filter((each) => /\.ya?ml$/.test(each)).sort()) {
    const file = join(folder, name);
    try {
      const campaign = parseCampaign(parseYaml(await readFile(file, 'utf8'), file), file);
      if (seen.has(campaign.id)) throw new InputError(`another file has the id ${campaign.id}`, `${file}: id`);
      seen.add(campaign.id);
      campaigns.push(campaign);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      faults.push(error);
    }
  }
  return { campaigns, faults };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder, { recursive: true });
  } catch (cause) {
    throw new InputError('no such folder', folder, { cause });
  }
}

function parseYaml(text: string, file: string): unknown {
  try {
    return parse(text);
  } catch (cause) {
    throw new InputError(cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : 'not YAML', file, { cause });
  }
}
