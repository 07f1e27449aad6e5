import { expect, test } from 'vitest';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident } from '../../core/model/incident.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { incidentFor } from './incident-for.ts';

const tenant = 'default';
const user = (name: string) => ({ type: 'IAMUser', uid: `arn:aws:iam::111122223333:user/${name}`, name });

const findingOf = (id: string, change: Partial<Finding> = {}): Finding =>
  sealFinding({
    format: 'jobzero.finding/1',
    tenant,
    id,
    kind: 'detection',
    rule: { id: 'aws.x.y', major: 1, title: 'X', description: '', techniques: [], tactics: [] },
    severity: 'Medium',
    group: {},
    bucket: 0,
    account: '111122223333',
    region: 'us-east-1',
    resources: [],
    firstTime: 1,
    lastTime: 1,
    count: { n: 1, atLeast: false },
    evidence: [],
    message: 'X',
    ...change,
  });

test('who did something of the other findings, of Low and above, that stand', async () => {
  const store = memoryStore();
  const all = [
    findingOf('own', { actor: user('own') }),
    findingOf('mallory', { actor: user('mallory') }),
    findingOf('note', { actor: user('note'), severity: 'Informational' }),
    findingOf('gone', { actor: user('gone') }),
    findingOf('traffic'),
  ];
  const members = [...all.map(({ id, revision }) => ({ finding: id, revision })), { finding: 'forgotten', revision: 'r' }];
  const told = (pages: boolean) =>
    store.within(tenant, async (tx) => {
      for (const finding of all) await tx.findings.put(finding, 1);
      await tx.findings.retract('gone', 2);
      return incidentFor(tx, { id: 'i', pages, members } as unknown as Incident, all[0] as Finding);
    });
  expect(await told(true)).toEqual({ id: 'i', pages: true, suspects: [user('mallory').uid] });
  expect(await told(false)).toEqual({ id: 'i', pages: false });
});
