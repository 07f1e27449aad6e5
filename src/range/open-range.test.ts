import { cloudContract } from '../core/ports/cloud.contract.ts';
import { openRange } from './open-range.ts';

cloudContract('range', async () => {
  let time = Date.UTC(2026, 0, 15, 9);
  const range = openRange({ seed: 'contract', start: time, now: () => (time += 250), writeRole: 'administrator' });
  return { cloud: range.cloud, account: '444455556666', region: 'us-east-1' };
});
