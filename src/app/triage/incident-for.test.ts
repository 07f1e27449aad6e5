import { expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident } from '../../core/model/incident.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { DecisionRow, Tx } from '../../core/ports/store.ts';
import { incidentFor } from './incident-for.ts';

const tenant = 'default';
const user = (name: string) => ({ type: 'IAMUser', uid: `arn:aws:iam::111122223333:user/${name}`, name });

const findingOf = (id: string, change: Partial<Finding> = {}): Finding => findingUnderTest({ tenant, id, severity: 'Medium', ...change });

test('who did something of the other findings, of Low and above, that stand and that AWS has confirmed', async () => {
  const store = memoryStore();
  const all = [
    findingOf('own', { actor: user('own') }),
    findingOf('mallory', { actor: user('mallory'), severity: 'High' }),
    findingOf('elsewhere', { actor: user('eve'), rule: { ...findingOf('').rule, techniques: ['T1078.004'] } }),
    findingOf('note', { actor: user('note'), severity: 'Informational' }),
    findingOf('gone', { actor: user('gone') }),
    findingOf('forged', { actor: user('forged') }),
    findingOf('undecided', { actor: user('undecided') }),
    findingOf('traffic'),
  ];
  const members = [...all.map(({ id, revision }) => ({ finding: id, revision })), { finding: 'forgotten', revision: 'r' }];
  const told = (pages: boolean) =>
    store.within(tenant, async (tx) => {
      for (const finding of all) {
        await tx.findings.put(finding, 1);
        if (finding.id !== 'undecided') await decided(tx, finding, finding.id === 'forged' ? 'unvalidated' : 'validated');
      }
      await tx.findings.retract('gone', 2);
      return incidentFor(tx, { id: 'i', pages, members } as unknown as Incident, all[0] as Finding, []);
    });
  expect(await told(true)).toEqual({
    id: 'i',
    pages: true,
    proven: true,
    suspects: [user('eve').uid, user('mallory').uid],
    misplaced: [user('eve').uid],
  });
  expect(await told(false)).toEqual({ id: 'i', pages: false });
});

test.each([
  ['validated', true],
  ['unvalidated', false],
])('an incident that a %s finding makes grave is proven: %j', async (evidence, proven) => {
  const store = memoryStore();
  const [own, grave] = [findingOf('own', { actor: user('alice') }), findingOf('grave', { actor: user('alice'), severity: 'High' })];
  const members = [own, grave].map(({ id, revision }) => ({ finding: id, revision }));
  const told = await store.within(tenant, async (tx) => {
    for (const finding of [own, grave]) await tx.findings.put(finding, 1);
    await decided(tx, grave, evidence);
    return incidentFor(tx, { id: 'i', pages: true, members } as unknown as Incident, own, []);
  });
  expect(told).toEqual({ id: 'i', pages: true, proven, suspects: proven ? [user('alice').uid] : [], misplaced: [] });
});

async function decided(tx: Tx, { id, revision }: Finding, evidence: string): Promise<void> {
  const contextHash = await tx.documents.put('context', JSON.stringify({ evidence }));
  await tx.decisions.put({ id: `${id} ${revision}`, finding: id, revision, at: 1, contextHash, decision: {} } as DecisionRow);
}
