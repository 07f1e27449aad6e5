import { expect, test } from 'vitest';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import type { Verdict } from '../core/model/decision.ts';
import type { Finding } from '../core/model/finding.ts';
import type { Incident, IncidentMember } from '../core/model/incident.ts';
import type { Action, Playbook } from '../core/model/plan.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import type { DecisionRow, Tx } from '../core/ports/store.ts';
import { closeQuietFindings } from './close-quiet-findings.ts';

const tenant = 'default';
const day = 86_400_000;
const playbooks = [{ id: 'cuts', cutsOff: true }, { id: 'mends' }] as unknown as readonly Playbook[];

function findingOf(id: string, firstTime = 1): Finding {
  return findingUnderTest({ tenant, id, severity: 'Low', at: firstTime });
}

async function decided(tx: Tx, { id, revision }: Finding, verdict: Verdict): Promise<void> {
  await tx.decisions.put({ id: `${id} ${revision}`, finding: id, revision, at: 1, decision: { verdict } } as DecisionRow);
}

test('what is watched is closed when nothing followed for long enough, once, with its leaf; a new revision opens it again', async () => {
  const store = memoryStore();
  const [quiet, paging, waiting] = [findingOf('quiet'), findingOf('paging'), findingOf('waiting')];
  await store.within(tenant, async (tx) => {
    for (const finding of [quiet, paging, waiting]) await tx.findings.put(finding, 1);
    await decided(tx, quiet, 'watch');
    await decided(tx, paging, 'watch');
    await decided(tx, waiting, 'ask');
    await tx.incidents.putMembers([{ finding: 'paging', revision: paging.revision, links: [] } as unknown as IncidentMember]);
    await tx.incidents.assign([{ finding: 'paging', incident: 'paging' }]);
    await tx.incidents.put({ tenant, id: 'paging', revision: 'r', pages: true, members: [] } as unknown as Incident, 1);
  });
  let now = 6 * day;
  const deps = { store, tenant, clock: { now: () => now }, playbooks };
  expect(await closeQuietFindings(deps)).toBe(0);
  now = 8 * day;
  expect(await closeQuietFindings(deps)).toBe(1);
  expect(await closeQuietFindings(deps)).toBe(0);
  const states = () =>
    store.within(tenant, async (tx) => (await tx.findings.list({ limit: 9 })).map(({ finding, state }) => `${finding.id} ${state}`));
  expect(await states()).toEqual(['paging open', 'quiet resolved', 'waiting open']);
  expect(store.entries(tenant).map(({ type, subject }) => [type, subject])).toEqual([['finding', 'quiet']]);
  await store.within(tenant, (tx) => tx.findings.put(findingOf('quiet', 2), now));
  expect(await states()).toContain('quiet open');
});

test('tolerance says after how many days, and 0 is never', async () => {
  const store = memoryStore();
  const finding = findingOf('quiet');
  await store.within(tenant, async (tx) => {
    await tx.findings.put(finding, 1);
    await decided(tx, finding, 'watch');
    await tx.settings.set('tolerance', 'closeAfterDays: 0', 1, 'owner');
  });
  const deps = { store, tenant, clock: { now: () => 99 * day }, playbooks };
  expect(await closeQuietFindings(deps)).toBe(0);
  await store.within(tenant, (tx) => tx.settings.set('tolerance', 'closeAfterDays: 90', 1, 'owner'));
  expect(await closeQuietFindings(deps)).toBe(1);
});

test('what was contained, and what belongs to an incident that a person has judged, is closed; what was decided for an earlier revision is not', async () => {
  const store = memoryStore();
  const [contained, judged, taken, changed] = ['contained', 'judged', 'taken', 'changed'].map((id) => findingOf(id)) as [
    Finding,
    Finding,
    Finding,
    Finding,
  ];
  await store.within(tenant, async (tx) => {
    for (const finding of [contained, judged, taken, changed]) await tx.findings.put(finding, 1);
    for (const finding of [contained, judged, taken]) await tx.findings.live(finding.id, 'acknowledged', 1, 'x', '');
    await tx.actions.plan({ id: 'a', tenant, finding: 'contained', state: 'verified', target: { account: '1' } } as Action);
    await tx.incidents.putMembers([{ finding: 'judged', revision: judged.revision, links: [] } as unknown as IncidentMember]);
    await tx.incidents.assign([{ finding: 'judged', incident: 'judged' }]);
    await tx.incidents.put({ tenant, id: 'judged', revision: 'r', pages: false, members: [] } as unknown as Incident, 1);
    await tx.items.add({ kind: 'incident-in-hand', id: 'judged', state: 'denied', dueAt: null, at: 1, doc: {} });
    await decided(tx, { ...changed, revision: 'earlier' }, 'watch');
  });
  expect(await closeQuietFindings({ store, tenant, clock: { now: () => 99 * day }, playbooks })).toBe(2);
  const reasons = (id: string) => store.within(tenant, async (tx) => (await tx.findings.life(id)).at(-1)?.note);
  expect(await reasons('contained')).toMatch(/^Contained/);
  expect(await reasons('judged')).toMatch(/^A person has judged/);
  for (const id of ['taken', 'changed']) expect((await store.within(tenant, (tx) => tx.findings.get(id)))?.state).not.toBe('resolved');
});

test.each([
  ['cuts', 'resolved'],
  ['mends', 'open'],
])('an incident that pages is over by itself when whoever did it was cut off: %s', async (playbook, state) => {
  const store = memoryStore();
  const [cause, other] = [findingOf('cause'), findingOf('other')];
  await store.within(tenant, async (tx) => {
    for (const finding of [cause, other]) {
      await tx.findings.put(finding, 1);
      await decided(tx, finding, 'watch');
      await tx.incidents.putMembers([{ finding: finding.id, revision: finding.revision, links: [] } as unknown as IncidentMember]);
    }
    await tx.incidents.assign([cause, other].map(({ id }) => ({ finding: id, incident: 'cause' })));
    const members = [cause, other].map(({ id, revision }) => ({ finding: id, revision }));
    await tx.incidents.put({ tenant, id: 'cause', revision: 'r', pages: true, members } as unknown as Incident, 1);
    await tx.actions.plan({ id: 'a', tenant, finding: 'cause', playbook, state: 'verified', target: { account: '1' } } as Action);
  });
  await closeQuietFindings({ store, tenant, clock: { now: () => 8 * day }, playbooks });
  expect((await store.within(tenant, (tx) => tx.findings.get('other')))?.state).toBe(state);
});

test('who did it was asked, and whoever it was is cut off: it is closed when nobody is asked any more', async () => {
  const store = memoryStore();
  const finding = findingOf('f');
  const question = { finding: 'f', revision: finding.revision, decision: {} };
  const item = { kind: 'question', id: 'q', state: 'waiting', dueAt: 1, at: 1, doc: question };
  await store.within(tenant, async (tx) => {
    await tx.findings.put(finding, 1);
    await decided(tx, finding, 'ask');
    const members = [{ finding: 'f', revision: finding.revision, links: [] }] as unknown as readonly IncidentMember[];
    await tx.incidents.putMembers(members);
    await tx.incidents.assign([{ finding: 'f', incident: 'f' }]);
    await tx.incidents.put({ tenant, id: 'f', revision: 'r', pages: true, members } as unknown as Incident, 1);
    await tx.actions.plan({ id: 'a', tenant, finding: 'f', playbook: 'cuts', state: 'verified', target: { account: '1' } } as Action);
    await tx.items.add(item);
  });
  const deps = { store, tenant, clock: { now: () => 8 * day }, playbooks };
  expect(await closeQuietFindings(deps)).toBe(0);
  await store.within(tenant, (tx) => tx.items.move({ ...item, state: 'answered' }, ['waiting']));
  expect(await closeQuietFindings(deps)).toBe(1);
});

test('what waits for an answer is not closed, though its incident was judged before', async () => {
  const store = memoryStore();
  const finding = findingOf('f');
  await store.within(tenant, async (tx) => {
    await tx.findings.put(finding, 1);
    await decided(tx, finding, 'ask');
    await tx.incidents.putMembers([{ finding: 'f', revision: finding.revision, links: [] } as unknown as IncidentMember]);
    await tx.incidents.assign([{ finding: 'f', incident: 'f' }]);
    await tx.incidents.put({ tenant, id: 'f', revision: 'r', pages: true, members: [] } as unknown as Incident, 1);
    await tx.items.add({ kind: 'incident-in-hand', id: 'f', state: 'denied', dueAt: null, at: 1, doc: {} });
    await tx.judgements.ask({ id: 'j', tenant, finding: 'f', revision: finding.revision, options: [], guardrails: [] } as never);
  });
  const deps = { store, tenant, clock: { now: () => 8 * day }, playbooks };
  expect(await closeQuietFindings(deps)).toBe(0);
  await store.within(tenant, (tx) => tx.judgements.answer('j', 'engineer', 'deny', 1));
  expect(await closeQuietFindings(deps)).toBe(1);
});
