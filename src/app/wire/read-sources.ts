import { answers, sequences } from '../../../content/index.ts';
import { answeredBy } from '../../core/findings/imported/answered-by.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { type ReadSourcesDeps, readSources, type SourceRead } from '../read-sources.ts';
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

/** All accounts and Regions, one after the other. */
export async function* everySource(deps: ReadSourcesDeps, since: number | null): AsyncGenerator<readonly SourceRead[]> {
  for (const { id } of await deps.cloud.accounts()) {
    for (const [i, region] of (await deps.cloud.regions(id)).entries())
      yield await readSources(deps, id, region, { isFirst: i === 0, since });
  }
}
