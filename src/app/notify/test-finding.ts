import { idOf } from '../../core/lib/hash.ts';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import type { Finding } from '../../core/model/finding.ts';

/** A finding that says of itself that it is a test, for who wants to see one arrive. */
export function testFinding(tenant: string, account: string, at: number): Finding {
  return sealFinding({
    format: 'jobzero.finding/1',
    tenant,
    id: idOf(tenant, 'test-finding'),
    kind: 'detection',
    rule: {
      id: 'jobzero.test',
      major: 1,
      title: 'Test of jobzero',
      description: 'This is a test: nothing was found.',
      techniques: [],
      tactics: [],
    },
    severity: 'Informational',
    group: {},
    bucket: 0,
    account,
    region: 'us-east-1',
    resources: [],
    firstTime: at,
    lastTime: at,
    count: { n: 1, atLeast: false },
    evidence: [],
    message: 'This is a test: nothing was found.',
  });
}
