import { isSilent, rhythmOf, silenceFinding, silenceId } from '../core/collect/arrivals/silence.ts';
import type { Finding } from '../core/model/finding.ts';
import { bySource, type DeliveryDeps } from './delivery-status.ts';

/**
 * Raises a finding for each source that stopped, and resolves it when its events come again. The same stored state and
 * time give the same findings. Returns those that are new or back.
 */
export async function checkSilence({ store, tenant, clock }: DeliveryDeps): Promise<readonly Finding[]> {
  const now = clock.now();
  return store.within(tenant, async (tx) => {
    const raised: Finding[] = [];
    for (const days of await bySource(tx, now)) {
      const rhythm = rhythmOf(days);
      const stored = await tx.findings.get(silenceId(tenant, days[0]));
      if (isSilent(rhythm, now)) {
        const finding = silenceFinding(tenant, days[0], rhythm);
        if (await tx.findings.put(finding, now)) raised.push(finding);
        else if (stored?.state === 'resolved') {
          await tx.findings.live(finding.id, 'reopened', now, 'automation', 'the source is silent again');
          raised.push(finding);
        }
      } else if (stored !== null && (stored.state === 'open' || stored.state === 'acknowledged')) {
        await tx.findings.live(stored.finding.id, 'resolved', now, 'automation', 'events come again');
      }
    }
    return raised;
  });
}
