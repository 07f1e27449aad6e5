import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { playbooks as ownPlaybooks } from '../../../content/index.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { listJudgements } from '../console/list-judgements.ts';
import { makeDrills, wantDrill } from '../exercise/drills.ts';
import { exerciseTx } from '../exercise/exercise-tx.ts';
import { answerCard } from '../judge/answer-card.ts';
import { readScores } from '../judge/scores.ts';
import { drillDeps } from './drills.ts';

/** Drills as workers make them: a campaign of ours, played on the range, found by our rules, decided by our engine. */
const tenant = 'default';
const now = Date.UTC(2026, 4, 4, 3);
const playbooks = await ownPlaybooks();

beforeEach(() => {
  vi.stubGlobal('fetch', () => Promise.reject(new Error('a drill calls nobody')));
});
afterEach(() => {
  vi.unstubAllGlobals();
});

test.each([
  ['stolen-deploy-key', 'true-positive'],
  ['keys-rotated', 'benign'],
] as const)('%s becomes a card in disguise, is judged, and is scored by what is true of it', async (campaign, truth) => {
  const store = memoryStore();
  const state = { store, tenant, clock: { now: () => now }, playbooks };
  const deps = state as unknown as ConsoleDeps;
  const before = JSON.stringify(store.entries(tenant));
  await store.within(tenant, (tx) => wantDrill(exerciseTx(tx), 'kim', campaign, now));
  expect(await makeDrills(drillDeps(state))).toBe(1);
  const [card] = await listJudgements(deps, 'waiting', 9, 'kim');
  expect(card).toMatchObject({ advice: null, intruder: false, finding: { kind: 'detection', lastTime: now - 240_000 } });
  expect(card?.judgement.question.endsWith('?')).toBe(true);
  // The range's own accounts and people, which somebody may know.
  expect(JSON.stringify(card)).not.toMatch(/444455556666|111122223333|777788889999|ci-deployer|drill|campaign|range/);
  const answered = await answerCard(deps, card?.judgement.id ?? '', 'kim', 'approve', { confidence: 90 });
  expect(answered).toMatchObject({ outcome: 'exercised', reveal: { kind: 'drill', truth } });
  expect((await readScores(deps, 'kim')).own.drills).toMatchObject({ n: 1, right: truth === 'true-positive' ? 1 : 0 });
  const left = await store.within(tenant, async (tx) => [
    await tx.findings.list({ limit: 9 }),
    await tx.incidents.list({ limit: 9 }),
    await tx.actions.list({ limit: 9 }),
    await tx.judgements.list({ limit: 9 }),
    await tx.decisions.list(null, 9),
    await tx.items.counts('notification'),
  ]);
  expect([before, ...left]).toEqual(['[]', [], [], [], [], [], []]);
});

test('a campaign that leaves no question is given up', async () => {
  const store = memoryStore();
  const state = { store, tenant, clock: { now: () => now }, playbooks };
  await store.within(tenant, (tx) => wantDrill(exerciseTx(tx), 'kim', 'access-review', now));
  expect(await makeDrills(drillDeps(state))).toBe(0);
  expect(await store.within(tenant, (tx) => wantDrill(exerciseTx(tx), 'kim', null, now + 1))).toBe('wanted');
});
