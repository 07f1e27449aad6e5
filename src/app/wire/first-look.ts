import { controls, lists, playbooks, rules } from '../../../content/index.ts';
import { readLookupEvents } from '../../edge/aws/read-lookup-events.ts';
import { assessAccount } from '../assess.ts';
import { type FirstLook, type FirstLookInput, firstLook as lookAt } from '../first-look.ts';
import type { AwsChoice } from '../wires.ts';
import { openAwsCloud } from './cloud.ts';

// Not from state.ts: that would load the database's drivers.
const clock = { now: () => Date.now() };
const tenant = 'default';

/** `jobzero first-look`: an account seen with read permission alone; stores nothing and needs no database. */
export async function firstLook(input: FirstLookInput & AwsChoice): Promise<FirstLook> {
  const cloud = await openAwsCloud(input);
  try {
    const assessing = { cloud, controls: await controls(), clock, tenant };
    return await lookAt(
      {
        clock,
        cloud,
        lookup: (account, region, from, to) => readLookupEvents(cloud, account, region, from, to),
        rules: await rules(),
        lists: await lists(),
        assess: (account, regions) => assessAccount(assessing, account, regions),
        playbooks: await playbooks(),
        tenant,
      },
      input,
    );
  } finally {
    await cloud.close();
  }
}
