import type { JsonObject } from '../core/model/json.ts';
import type { Operation } from './operation.ts';
import type { AccountState, RangeState, TrailState } from './state.ts';

/** What waits for delivery is kept by trail, account and Region: one log object holds records of one of each. */
export function deliveryKey(trail: string, account: string, region: string): string {
  return `${trail} ${account} ${region}`;
}

/**
 * Says, before a call runs, which trails record it, and returns what takes the record then. An organisation's trail
 * records every account; an account's own only itself. Data events need a selector for their bucket.
 */
export function takeByTrails(
  state: RangeState,
  account: AccountState,
  region: string,
  operation: Operation,
  input: JsonObject,
): (record: JsonObject) => void {
  const all = trailsOver(state, account);
  const before = all.filter((trail) => trail.logging);
  return (record) => {
    for (const trail of all) {
      if (!(trail.logging || before.includes(trail)) || !records(trail, region, operation, input)) continue;
      const key = deliveryKey(trail.arn, account.id, region);
      const waiting = state.undelivered[key] ?? [];
      state.undelivered[key] = waiting;
      waiting.push(record);
    }
  };
}

export function trailsOver(state: RangeState, account: AccountState): readonly TrailState[] {
  const { management } = state.organisation;
  const organisation = Object.values(state.accounts[management]?.trails ?? {}).filter((trail) => trail.organisation);
  return [...organisation, ...Object.values(account.trails).filter((trail) => !trail.organisation)];
}

function records(trail: TrailState, region: string, operation: Operation, input: JsonObject): boolean {
  if (!trail.multiRegion && trail.homeRegion !== region) return false;
  if (operation.global && !trail.globalEvents) return false;
  const { management, readWrite, dataBuckets } = trail.selectors;
  if (readWrite !== 'All' && (readWrite === 'ReadOnly') !== operation.readOnly) return false;
  if (operation.data !== true) return management;
  return typeof input['Bucket'] === 'string' && dataBuckets.includes(input['Bucket']);
}
