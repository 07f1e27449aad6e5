import { whyUnread } from '../../core/collect/reports/read-sources.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import { type FindingSource, findingSources } from '../../core/model/imported.ts';
import { type Reading, sourceReadings } from '../read-sources.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** They are read each quarter of an hour; a large organisation may take longer for a round. */
const staleMs = 6 * 60 * 60_000;
const mostReadings = 10_000;

/**
 * Of each service of AWS whose findings come in: is it switched on, and when was it read last? One that was read before and is not any more is bad, as with
 * inventories. What never could be read in some place warns.
 */
export async function checkSources({ store, tenant, clock }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  const items = await store.within(tenant, (tx) => tx.items.list({ kind: sourceReadings, limit: mostReadings }));
  const bySource = Map.groupBy(
    items.map(({ doc }) => doc as unknown as Reading),
    ({ source }) => source,
  );
  return (Object.keys(findingSources) as FindingSource[]).map((source) => checkOf(source, bySource.get(source) ?? [], clock.now()));
}

function checkOf(source: FindingSource, readings: readonly Reading[], now: number): DoctorCheck {
  const id = `source-${source}`;
  const name = findingSources[source];
  const placeOf = ({ account, region }: Reading) => `${account} in ${region}`;
  // Security Hub has two editions: who has one is read.
  const read = new Set(readings.flatMap((one) => (one.outcome.read ? [placeOf(one)] : [])));
  const unread = readings.filter((one) => !read.has(placeOf(one)));
  const failed = unread.flatMap((one) =>
    one.outcome.read || one.outcome.kind === 'not-found' ? [] : [{ place: placeOf(one), why: whyUnread(source, one.outcome) }],
  );
  const last = Math.max(0, ...readings.map(({ readAt }) => readAt ?? 0));
  const when = `${new Date(last).toISOString().slice(0, 16)}Z`;
  if (last > 0 && now - last > staleMs)
    return {
      id,
      state: 'bad',
      says: `${name} was read last at ${when}.${failed[0] === undefined ? '' : ` ${failed[0].why}`}`,
      fix: 'See "jobzero coverage", and what "jobzero up" says.',
    };
  if (failed[0] !== undefined)
    return {
      id,
      state: 'warning',
      says: `${failed[0].why} This is so of ${failed.length === 1 ? failed[0].place : `${failed.length} places`}${last > 0 ? `; others were read at ${when}` : ''}.`,
      fix: 'Give the reader the policy of docs/reference/read-only-role.json.',
    };
  if (read.size === 0)
    return {
      id,
      state: 'not-needed',
      says: readings.length === 0 ? `${name} was not looked at yet.` : `${name} is not switched on where it was looked for.`,
      fix: '',
    };
  return { id, state: 'good', says: `${name} was read in ${read.size} ${read.size === 1 ? 'place' : 'places'}, last at ${when}.`, fix: '' };
}
