import { expect, test } from 'vitest';
import { idOf } from '../../core/lib/hash.ts';
import type { Verdict } from '../../core/model/decision.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { closeQuietFindings } from '../close-quiet-findings.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { listJudgements } from '../console/list-judgements.ts';
import { readFinding } from '../console/read-finding.ts';
import { onCallSetting } from '../on-call/on-call-settings.ts';
import { answerCard } from './answer-card.ts';
import { followAudit, readAudit } from './audit-samples.ts';
import { findingOf, tenant } from './judge-under-test.ts';
import { listExercises } from './list-exercises.ts';

const hour = 3_600_000;
const day = 24 * hour;
/** Ten o'clock in Berlin on a Monday. */
const monday = Date.UTC(2026, 0, 12, 9);
const onCall =
  'zone: Europe/Berlin\nengineer: [{ name: weeks, people: [alice], from: 2026-01-05 09:00, turn: 1w }]\nbackup: [dora, frank]\n';

async function world(settings = onCall) {
  const store = memoryStore();
  const clock = { time: monday, now: () => clock.time };
  const deps = {
    store,
    tenant,
    clock,
    playbooks: [],
    ledger: { latest: async () => null, entries: async () => [] },
  } as unknown as ConsoleDeps;
  await store.within(tenant, (tx) => tx.settings.set(onCallSetting, settings, 1, 'test'));
  let n = 0;
  const decided = (id: string, verdict: Verdict, risk: number) =>
    store.within(tenant, async (tx) => {
      const finding = findingOf(id, { lastTime: clock.time - 30 * day });
      await tx.findings.put(finding, clock.time - 30 * day);
      await tx.decisions.put({
        id: `d${String(++n).padStart(4, '0')}`,
        finding: id,
        revision: finding.revision,
        at: clock.time + n,
        findingHash: '',
        contextHash: '',
        toleranceHash: '',
        engine: '',
        decisionHash: '',
        decision: {
          format: 'jobzero.decision/1',
          finding: id,
          revision: finding.revision,
          verdict,
          guardrails: [],
          reason: 'CLOSED-BECAUSE',
          actions: [],
          risk,
        },
      });
      if (verdict === 'close') await tx.findings.live(id, 'resolved', clock.time, 'automation', 'CLOSED-BECAUSE');
    });
  const cards = async () => [
    ...(await listJudgements(deps, 'waiting', 50, 'dora')),
    ...(await listJudgements(deps, 'waiting', 50, 'frank')),
  ];
  return { store, clock, deps, decided, cards };
}

test('what automation closed comes to the backup team as questions, by risk, once a workday', async () => {
  const it = await world();
  for (let i = 0; i < 20; i++) await it.decided(`low${i}`, 'close', 100);
  for (let i = 0; i < 5; i++) await it.decided(`high${i}`, 'close', 700);
  await it.decided('asked', 'ask', 900);
  // What was watched, and closed since nothing followed.
  await it.decided('watched', 'watch', 300);
  expect(await closeQuietFindings(it.deps)).toBe(1);
  expect(await followAudit(it.deps)).toBe(5);
  expect(await followAudit(it.deps)).toBe(0);
  expect(await listJudgements(it.deps, 'waiting', 50, 'alice')).toEqual([]);
  const cards = await it.cards();
  expect(cards).toHaveLength(5);
  for (const card of cards) {
    expect(JSON.stringify(card)).not.toMatch(/CLOSED-BECAUSE|sample|resolved|closed/);
    // The page to which the card leads is the card's own, and does not tell what became of it.
    expect((await readFinding(it.deps, card.finding?.id ?? '', card === cards[0] ? 'dora' : 'frank'))?.state ?? 'open').toBe('open');
  }
  // Its words and its id are those of a real question that no playbook answers.
  for (const { judgement, finding } of cards)
    expect([judgement.question, judgement.id]).toEqual([`${finding?.rule.title}: has somebody looked at it?`, idOf(tenant, finding?.id)]);
  expect(await readAudit(it.deps)).toMatchObject({ closed: 26, judged: 0, atMost: 10_000, waiting: 5 });
  expect(await it.store.within(tenant, (tx) => tx.judgements.list({ limit: 9 }))).toEqual([]);
  it.clock.time += day;
  await it.decided('new', 'close', 10);
  expect(await followAudit(it.deps)).toBe(1);
});

test.each([
  ['at night', monday + 12 * hour, onCall],
  ['on Saturday', monday + 5 * day, onCall],
  ['without a backup team', monday, onCall.replace('backup: [dora, frank]\n', '')],
  ['without an on-call file', monday, ''],
])('none %s', async (_, time, settings) => {
  const it = await world(settings);
  await it.decided('a', 'close', 100);
  it.clock.time = time;
  expect(await followAudit(it.deps)).toBe(0);
});

test('a closure that is judged wrong is opened again and counted, with what the share is at most', async () => {
  const it = await world();
  for (let i = 0; i < 2; i++) await it.decided(`f${i}`, 'close', 700);
  await followAudit(it.deps);
  const [wrong, right] = await it.cards();
  const who = async (id: string | undefined) =>
    (await listJudgements(it.deps, 'waiting', 9, 'dora')).some(({ judgement }) => judgement.id === id) ? 'dora' : 'frank';
  const first = await who(wrong?.judgement.id);
  expect(await answerCard(it.deps, wrong?.judgement.id ?? '', first, 'approve', { confidence: 90 })).toMatchObject({
    outcome: 'exercised',
    reveal: { kind: 'sample', truth: null },
  });
  await answerCard(it.deps, right?.judgement.id ?? '', await who(right?.judgement.id), 'deny', { confidence: 90 });
  await followAudit(it.deps);
  const report = await readAudit(it.deps);
  expect(report).toMatchObject({
    closed: 2,
    judged: 2,
    wrong: 1,
    waiting: 0,
    strata: [{ stratum: 'high decided', closed: 2, judged: 2, wrong: 1, atMost: 9_747 }],
  });
  const states = await it.store.within(tenant, async (tx) =>
    (await tx.findings.list({ limit: 9 })).map(({ finding, state }) => [finding.id, state]),
  );
  expect(states.filter(([, state]) => state === 'open')).toEqual([[report.findings[0], 'open']]);
  // A person who closes it then is not overruled again.
  await it.store.within(tenant, (tx) => tx.findings.live(report.findings[0] ?? '', 'resolved', it.clock.time, 'kim', 'It is none.'));
  await followAudit(it.deps);
  expect((await it.store.within(tenant, (tx) => tx.findings.get(report.findings[0] ?? '')))?.state).toBe('resolved');
  expect((await listExercises(it.deps, first, 9))[0]?.reveal.says).toContain('a sample of what automation closed');
  expect(JSON.stringify(it.store.entries(tenant))).not.toMatch(/dora|frank/);
});
