import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { Json } from '../../core/model/json.ts';
import { deliveryStatus } from '../delivery-status.ts';
import type { DoctorDeps } from './doctor-deps.ts';

const hour = 3_600_000;
/** An inventory is taken each quarter of an hour; a large organisation may take longer for a round. */
const inventoryStale = 6 * hour;
const mostNamed = 3;

/** Does what jobzero judges by still come: logs, inventories, lists? */
export async function checkFeeds(deps: DoctorDeps): Promise<readonly DoctorCheck[]> {
  return [await logsCheck(deps), await inventoryCheck(deps), await listsCheck(deps)];
}

async function logsCheck(deps: DoctorDeps): Promise<DoctorCheck> {
  const sources = await deliveryStatus(deps);
  const silent = sources.filter((one) => one.silent).map(({ source, account, region }) => `${source} of ${account} in ${region}`);
  if (sources.length === 0)
    return {
      id: 'feed-logs',
      state: 'bad',
      says: 'No log was ever read.',
      fix: 'Give "jobzero up" logs or a queue: docs/reference/logs.md.',
    };
  return silent.length === 0
    ? { id: 'feed-logs', state: 'good', says: `All ${sources.length} sources of logs come as usual.`, fix: '' }
    : {
        id: 'feed-logs',
        state: 'bad',
        says: `Silent: ${some(silent)}.`,
        fix: 'See "jobzero ingest status", and whether somebody switched a log off.',
      };
}

async function inventoryCheck({ store, tenant, clock, cloud }: DoctorDeps): Promise<DoctorCheck> {
  const accounts = (await cloud.accounts()).map(({ id }) => id);
  const taken = new Map(
    (await store.within(tenant, (tx) => tx.settings.list('snapshot/'))).map(({ name, value }) => [
      name.slice('snapshot/'.length),
      takenAt(value),
    ]),
  );
  const old = accounts.filter((account) => clock.now() - (taken.get(account) ?? 0) > inventoryStale);
  return old.length === 0
    ? {
        id: 'feed-inventory',
        state: 'good',
        says: `The settings of ${accounts.length === 1 ? 'the account' : `all ${accounts.length} accounts`} were read lately.`,
        fix: '',
      }
    : {
        id: 'feed-inventory',
        state: 'bad',
        says: `Not read for six hours: ${some(old.map((account) => `account ${account}`))}.`,
        fix: 'See what "jobzero up" says; "jobzero assess" names the permissions that are missing.',
      };
}

async function listsCheck({ lists }: DoctorDeps): Promise<DoctorCheck> {
  const stale = (await lists()).filter(({ sources }) => sources.some((source) => source.stale)).map(({ name }) => name);
  return stale.length === 0
    ? { id: 'feed-lists', state: 'good', says: 'No list is stale.', fix: '' }
    : { id: 'feed-lists', state: 'bad', says: `Stale: ${some(stale)}.`, fix: 'See "jobzero lists".' };
}

function takenAt(value: Json): number {
  const at =
    value !== null && typeof value === 'object' && !Array.isArray(value) ? (value as { readonly [key: string]: Json })['takenAt'] : 0;
  return typeof at === 'number' ? at : 0;
}

function some(names: readonly string[]): string {
  return names.length <= mostNamed ? names.join('; ') : `${names.slice(0, mostNamed).join('; ')} and ${names.length - mostNamed} more`;
}
