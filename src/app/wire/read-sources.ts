import { answers, sequences } from '../../../content/index.ts';
import { answeredBy } from '../../core/findings/imported/answered-by.ts';
import { textAt } from '../../core/lib/json-at.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attemptRead } from '../cloud-attempt.ts';
import { type ReadSourcesDeps, readSources, type SourceRead, toldOfAll } from '../read-sources.ts';
import type { ReadSourcesInput } from '../wires.ts';
import { openAwsCloud } from './cloud.ts';
import type { Env } from './home.ts';
import { openState, type State } from './state.ts';

/** `jobzero coverage read`: the findings of AWS's own services, from their APIs into the database. */
export async function readSourcesOf(input: ReadSourcesInput, env: Env): Promise<readonly SourceRead[]> {
  const state = await openState(env);
  const cloud = await openAwsCloud(input);
  const all: SourceRead[] = [];
  try {
    for await (const read of everySource(await sourcesDeps(state, cloud), input.since)) {
      all.push(...read);
      input.onProgress({ done: all.length, total: null, doing: 'reading services' });
    }
    await state.ledger.sequence(state.clock.now());
  } finally {
    await cloud.close();
    await state.close();
  }
  return all;
}

export async function sourcesDeps({ tenant, store, clock }: State, cloud: Cloud): Promise<ReadSourcesDeps> {
  return { tenant, store, clock, cloud, answeredBy: answeredBy(await answers()), sequences: await sequences() };
}

/**
 * All accounts and Regions, one after the other: first the account of the credentials and the management account, of which one may tell of all
 * others what a service tells of a whole organization.
 */
export async function* everySource(deps: ReadSourcesDeps, since: number | null): AsyncGenerator<readonly SourceRead[]> {
  const accounts = (await deps.cloud.accounts()).map(({ id }) => id);
  const homes = await homesOf(deps.cloud, accounts);
  let told = false;
  for (const id of [...homes, ...accounts.filter((one) => !homes.includes(one))]) {
    for (const [i, region] of (await deps.cloud.regions(id)).entries()) {
      const organization = told ? 'told' : homes.includes(id) ? 'read' : 'none';
      const reads = await readSources(deps, id, region, { isFirst: i === 0, since, organization });
      told ||= toldOfAll(reads);
      yield reads;
    }
  }
}

/** The accounts that may see the whole organization: the one of the credentials, and the management account; none without an organization. */
async function homesOf(cloud: Cloud, accounts: readonly string[]): Promise<readonly string[]> {
  const [own] = accounts;
  if (own === undefined) return [];
  const asked = { account: own, region: 'us-east-1', action: 'organizations:DescribeOrganization', input: {}, role: 'reader' } as const;
  const read = await attemptRead(cloud, asked);
  const management = read.ok ? textAt(read.answer, 'Organization', 'MasterAccountId') : null;
  return management === null ? [] : [...new Set([own, management])].filter((id) => accounts.includes(id));
}
