import { describe, expect, test } from 'vitest';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { readJudgement } from '../console/read-judgement.ts';
import { askUndoReview } from '../undo-review.ts';
import { answerCard } from './answer-card.ts';
import { caseKind, caseOf } from './cases.ts';
import { followCases } from './follow-cases.ts';
import { contain, findingOf, judgingWorld, tenant } from './judge-under-test.ts';
import { listCases, reviewCase } from './list-cases.ts';
import { readScores, shareScores } from './scores.ts';

const outcomesOf = (world: ReturnType<typeof judgingWorld>, id: string) =>
  world.store.within(tenant, async (tx) => {
    const item = await tx.items.get(caseKind, id);
    return item === null ? null : [item.state, ...caseOf(item).outcomes.map(({ source }) => source)];
  });

describe('how a case turned out', () => {
  test('is said by a person who has not judged it, and counts for who has', async () => {
    const world = judgingWorld();
    const id = await world.asked(findingOf('a'));
    await world.judged(id, 'kim', 'benign', 80);
    expect(await reviewCase(world.deps, id, 'kim', 'benign')).toBe('own');
    expect((await readScores(world.deps, 'kim')).own).toMatchObject({ score: { n: 0 }, open: 1 });
    expect(await reviewCase(world.deps, id, 'lee', 'true-positive')).toBe('recorded');
    expect(await reviewCase(world.deps, id, 'lee', 'true-positive')).toBe('same');
    const { own, recommendation } = await readScores(world.deps, 'kim');
    expect(own).toMatchObject({ score: { n: 1, right: 0, squares: 6400 }, open: 0, against: { person: 0, recommendation: 1 } });
    expect(recommendation).toMatchObject({ n: 1, right: 1 });
    expect(await reviewCase(world.deps, 'none', 'lee', 'benign')).toBe('unknown');
    expect(world.leaves('outcome')).toMatchObject([{ subject: id, data: { nature: 'true-positive', source: 'review' } }]);
    expect(JSON.stringify(world.store.entries(tenant))).not.toMatch(/kim|lee/);
  });

  test('a review may be wrong, and is corrected by another; the last counts', async () => {
    const world = judgingWorld();
    const id = await world.asked(findingOf('a'));
    await world.judged(id, 'kim', 'benign', 90);
    await reviewCase(world.deps, id, 'lee', 'true-positive');
    await reviewCase(world.deps, id, 'mia', 'benign');
    expect(await outcomesOf(world, id)).toEqual(['benign', 'review', 'review']);
    expect((await readScores(world.deps, 'kim')).own.score).toMatchObject({ n: 1, right: 1 });
  });

  test('follows from later data that took its ground away, and from an incident that pages by now', async () => {
    const world = judgingWorld();
    const [gone, worse, quiet] = [findingOf('a'), findingOf('b'), findingOf('c')];
    const ids: string[] = [];
    for (const finding of [gone, worse, quiet]) {
      const id = await world.asked(finding);
      await world.judged(id, 'kim', 'benign', 70);
      ids.push(id);
    }
    expect(await followCases(world.deps)).toBe(0);
    await world.store.within(tenant, (tx) => tx.findings.retract(gone.id, 5));
    await world.joined([worse], true);
    expect(await followCases(world.deps)).toBe(2);
    expect(await followCases(world.deps)).toBe(0);
    expect([await outcomesOf(world, ids[0] ?? ''), await outcomesOf(world, ids[1] ?? ''), await outcomesOf(world, ids[2] ?? '')]).toEqual([
      ['benign', 'retracted'],
      ['true-positive', 'incident'],
      ['unresolved'],
    ]);
  });

  test('what automation concludes does not overrule a person, and a person does overrule it', async () => {
    const world = judgingWorld();
    const finding = findingOf('a');
    const id = await world.asked(finding);
    await world.judged(id, 'kim', 'benign', 70);
    await world.joined([finding], true);
    await followCases(world.deps);
    await reviewCase(world.deps, id, 'lee', 'benign');
    await followCases(world.deps);
    expect(await outcomesOf(world, id)).toEqual(['benign', 'incident', 'review']);
  });

  test('what paged already when it was judged says nothing new, and an opinion in sight of the advice is not scored', async () => {
    const world = judgingWorld();
    const finding = findingOf('a');
    await world.joined([finding], true);
    const id = await world.asked(finding);
    await world.judged(id, 'kim', 'true-positive', 99, 'approve');
    expect(await followCases(world.deps)).toBe(0);
    await reviewCase(world.deps, id, 'lee', 'true-positive');
    expect((await readScores(world.deps, 'kim')).own).toMatchObject({ score: { n: 0 }, afterAdvice: 1 });
  });

  test('who takes back what was done says that there was nothing to it', async () => {
    const world = judgingWorld();
    const finding = findingOf('a');
    const id = await world.asked(finding);
    await world.judged(id, 'kim', 'true-positive', 90, 'approve');
    const review = await world.store.within(tenant, async (tx) => {
      for (const action of await tx.actions.list({ limit: 9 })) {
        await tx.actions.move(action.id, ['planned'], 'running', 2, '');
        await tx.actions.move(action.id, ['running'], 'verified', 3, '');
      }
      return (await askUndoReview(tx, finding, 4)) ?? '';
    });
    expect(await answerCard(world.deps, review, 'lee', 'approve', { confidence: 80 })).toMatchObject({ outcome: 'recorded' });
    expect(await outcomesOf(world, id)).toEqual(['benign', 'undo-review']);
    expect(await outcomesOf(world, review)).toBeNull();
  });
});

describe('what is learnt', () => {
  test('cases like it stand on the next card with how they turned out, and change what is recommended', async () => {
    const world = judgingWorld();
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      world.clock.time = 1_000 * (i + 1);
      const id = await world.asked(findingOf(name));
      await world.judged(id, 'kim', 'benign', 70);
      if (name !== 'c') await reviewCase(world.deps, id, 'lee', 'benign');
    }
    const id = await world.asked(findingOf('d'));
    const view = await readJudgement({ ...world.deps, playbooks: [] } as unknown as ConsoleDeps, id, 'kim');
    expect(view?.cases.map(({ outcome, answer }) => [outcome, answer])).toEqual([
      [null, 'denied'],
      ['benign', 'denied'],
      ['benign', 'denied'],
    ]);
    const judgement = await world.store.within(tenant, (tx) => tx.judgements.get(id));
    expect(judgement).toMatchObject({ recommendation: 'deny', advice: { opinion: { nature: 'benign', confidence: 62 } } });
    const other = await world.asked(findingOf('e', { rule: { ...findingOf('e').rule, id: 'aws.other' } }));
    expect(await world.store.within(tenant, (tx) => tx.judgements.get(other))).toMatchObject({ recommendation: 'approve' });
  });

  test('scores are private unless they are shared, and can be taken back', async () => {
    const world = judgingWorld();
    const id = await world.asked(findingOf('a'), [contain]);
    await world.judged(id, 'kim', 'benign', 80);
    await reviewCase(world.deps, id, 'lee', 'benign');
    const others = async () => (await readScores(world.deps, 'lee')).others.map(({ person, score }) => [person, score.n]);
    expect(await others()).toEqual([]);
    await shareScores(world.deps, 'kim', true);
    expect(await others()).toEqual([['kim', 1]]);
    await shareScores(world.deps, 'kim', false);
    expect(await others()).toEqual([]);
    expect((await listCases(world.deps, 'kim', false, 9)).map(({ own, outcome }) => [own, outcome?.nature])).toEqual([[true, 'benign']]);
    expect((await readScores(world.deps, 'kim')).own.months).toEqual([{ month: '1970-01', n: 1, squares: 400 }]);
  });
});
