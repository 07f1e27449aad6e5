import { listAt, textAt, valueAt } from '../../core/lib/json-at.ts';
import type { Json } from '../../core/model/json.ts';
import type { Source } from '../../core/model/source.ts';
import type { ArrivalRow } from '../../core/ports/deliveries.ts';
import type { Tx } from '../../core/ports/store.ts';

/** An account that we know of, and how. */
export interface SeenAccount {
  readonly id: string;
  /** When its settings were read last, in milliseconds since 1970; null: never. */
  readonly inventoriedAt: number | null;
  /** What of them could not be read. */
  readonly unread: readonly { readonly permission: string; readonly code: string }[];
  /** Its logs arrive. */
  readonly inLogs: boolean;
  readonly inOrganisation: boolean;
}

export type ArrivedDay = Pick<ArrivalRow, 'source' | 'account' | 'region' | 'day'>;

const day = 86_400_000;
const rememberedDays = 14;

export const organisationSetting = 'organisation';
const snapshotPrefix = 'snapshot/';
/** Who writes a log may write any account into it. */
const mostInLogs = 500;
const accountId = /^\d{12}$/;

/** All of them, by id: accounts of the organisation, those whose settings were read, and those whose logs arrive. */
export async function seenAccounts(tx: Tx, days: readonly ArrivedDay[]): Promise<readonly SeenAccount[]> {
  const organisation = new Set(listAt((await tx.settings.get(organisationSetting)) ?? undefined, 'accounts').flatMap(textOf));
  const snapshots = new Map((await tx.settings.list(snapshotPrefix)).map((row) => [row.name.slice(snapshotPrefix.length), row]));
  const inLogs = new Set([...new Set(days.map(({ account }) => account))].filter((id) => accountId.test(id)).slice(0, mostInLogs));
  const ids = [...new Set([...organisation, ...snapshots.keys(), ...inLogs])].sort();
  return ids.map((id) => {
    const snapshot = snapshots.get(id);
    return {
      id,
      inventoriedAt: snapshot === undefined ? null : takenAt(snapshot.value, snapshot.at),
      unread: listAt(snapshot?.value, 'unread').flatMap((one) => {
        const [permission, code] = [textAt(one, 'permission'), textAt(one, 'code')];
        return permission === null || code === null ? [] : [{ permission, code }];
      }),
      inLogs: inLogs.has(id),
      inOrganisation: organisation.has(id),
    };
  });
}

function takenAt(value: Json, at: number): number {
  const taken = valueAt(value, 'takenAt');
  return typeof taken === 'number' ? taken : at;
}

function textOf(value: Json): readonly string[] {
  return typeof value === 'string' ? [value] : [];
}

/** The days of two weeks on which logs came; of logs that end long ago, as after a back-fill, the last two weeks of them. */
export async function arrivedDays(tx: Tx, now: number): Promise<readonly ArrivedDay[]> {
  const until = Math.min(now, ((await tx.deliveries.latestDay()) ?? now) + day);
  return tx.deliveries.arrivalsSince(until - rememberedDays * day);
}

/** The sources that somebody delivers. */
export function arrivedSources(days: readonly ArrivedDay[]): ReadonlySet<Source> {
  return new Set(days.map(({ source }) => source));
}
