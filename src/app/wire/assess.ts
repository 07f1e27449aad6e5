import { controls } from '../../../content/index.ts';
import { type AssessResult, assess as assessAll } from '../assess.ts';
import type { AssessInput } from '../wires.ts';
import { openAwsCloud } from './cloud.ts';

// Not from state.ts: that would load the database's drivers.
const clock = { now: () => Date.now() };
const tenant = 'default';

/** `jobzero assess`: the settings of an account, judged; stores nothing and needs no database. */
export async function assess(input: AssessInput): Promise<AssessResult> {
  const cloud = await openAwsCloud(input);
  try {
    return await assessAll(
      { cloud, controls: await controls(), clock, tenant },
      { accounts: null, regions: input.regions, onProgress: input.onProgress },
    );
  } finally {
    await cloud.close();
  }
}
