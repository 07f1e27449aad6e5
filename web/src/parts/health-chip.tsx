import type { HealthState } from '../api/generated/client.ts';

const looks = { working: 'good', blind: 'trouble', disarmed: 'quiet' } as const satisfies { readonly [state in HealthState]: string };

export function HealthChip({ state }: { readonly state: HealthState }) {
  return <span className={`chip chip-${looks[state]}`}>{state}</span>;
}
