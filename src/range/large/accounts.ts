import type { AccountKind } from '../../core/model/campaign.ts';
import type { RangeAccount } from '../build-organisation.ts';

/** The first accounts in this order, so that a small organisation has the kinds that matter most; then what is common. */
const first: readonly AccountKind[] = [
  'management',
  'production',
  'neglected',
  'development',
  'data',
  'security',
  'shared',
  'staging',
  'sandbox',
];
const common: readonly AccountKind[] = [
  'production',
  'development',
  'production',
  'staging',
  'development',
  'production',
  'data',
  'sandbox',
  'production',
  'staging',
  'development',
  'production',
  'production',
  'development',
  'staging',
  'data',
  'sandbox',
  'production',
  'development',
  'neglected',
];

const ids = ['111122223333', '444455556666', '777788889999'] as const;

/** An organisation of so many accounts, each with its kind. The first `n` are the same however many follow. */
export function manyAccounts(count: number): readonly RangeAccount[] {
  return Array.from({ length: count }, (_, i) => {
    const kind = first[i] ?? common[(i - first.length) % common.length] ?? 'production';
    return { id: ids[i] ?? String(222_233_330_000 + i * 37), name: i < first.length ? kind : `${kind}-${i}`, kind };
  });
}
