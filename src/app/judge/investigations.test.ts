import { expect, test } from 'vitest';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { followCases } from './follow-cases.ts';
import { closeInvestigation, listInvestigations, openInvestigation, readInvestigation } from './investigations.ts';
import { account, findingOf, judgingWorld, role, tenant } from './judge-under-test.ts';
import { listCases, reviewCase } from './list-cases.ts';
import { readScores } from './scores.ts';
import { setRepeats } from './set-repeats.ts';

const questions = async () => [
  { id: 'aws.account.principal-timeline', title: 'What did it do?', means: '', parameters: { principal: { description: '' } } },
  { id: 'aws.iam.key-used', title: 'Who used it?', means: '', parameters: { key: { description: '' } } },
];

function world() {
  const it = judgingWorld();
  return { ...it, deps: { ...it.deps, playbooks: [], questions } as unknown as ConsoleDeps };
}

test('a hunch brings together what is known of its subject, and what to ask of the lake', async () => {
  const it = world();
  const id = await it.asked(findingOf('by-it'));
  await it.judged(id, 'kim', 'true-positive', 80, 'approve');
  const stranger = { type: 'IAMUser', uid: `arn:aws:iam::${account}:user/eve`, name: 'eve' };
  await it.store.within(tenant, async (tx) => {
    await tx.findings.put(findingOf('by-another', { actor: stranger }), 1);
    await tx.findings.put(findingOf('gone'), 1);
    await tx.findings.retract('gone', 2);
  });
  const hunch = await openInvestigation(it.deps, 'lee', ` ${role} `, 'It works at night.');
  const detail = await readInvestigation(it.deps, hunch);
  expect(detail?.findings.map(({ finding }) => finding.id)).toEqual(['by-it']);
  expect(detail?.actions.map(({ action }) => action.by)).toEqual(['kim']);
  expect(detail?.queries).toEqual([
    {
      question: 'aws.account.principal-timeline',
      title: 'What did it do?',
      parameters: { principal: `${account}:assumed-role/deployer/` },
    },
  ]);
  expect(detail?.looked).toEqual({ n: 3, all: true });
  // Two who look into the same look together.
  expect(await openInvestigation(it.deps, 'mia', role, 'Me too.')).toBe(hunch);
  expect(await listInvestigations(it.deps, 9)).toMatchObject([{ state: 'open', by: 'lee', says: 'It works at night.' }]);
  expect(await readInvestigation(it.deps, 'none')).toBeNull();
});

test('it ends with an opinion, once; what comes of it is said by another and scored', async () => {
  const it = world();
  const hunch = await openInvestigation(it.deps, 'lee', 'AKIAIOSFODNN7EXAMPLE', 'The key of somebody who left.');
  expect(await closeInvestigation(it.deps, hunch, 'lee', { nature: 'true-positive', confidence: 90 })).toBe('closed');
  expect(await closeInvestigation(it.deps, hunch, 'kim', { nature: 'benign', confidence: 90 })).toBe('closed-before');
  expect(await closeInvestigation(it.deps, 'none', 'kim', { nature: 'benign', confidence: 90 })).toBe('unknown');
  expect(await listCases(it.deps, 'lee', true, 9)).toMatchObject([{ id: hunch, answer: 'judged', own: true }]);
  expect(await followCases(it.deps)).toBe(0);
  expect(await reviewCase(it.deps, hunch, 'lee', 'true-positive')).toBe('own');
  expect(await reviewCase(it.deps, hunch, 'kim', 'true-positive')).toBe('recorded');
  expect((await readScores(it.deps, 'lee')).own.score).toMatchObject({ n: 1, right: 1, squares: 100 });
  expect((await readScores(it.deps, 'lee')).recommendation.n).toBe(0);
  // The same may be looked into again; a hunch had no card that could come again.
  expect(await openInvestigation(it.deps, 'kim', 'AKIAIOSFODNN7EXAMPLE', 'Again.')).not.toBe(hunch);
  it.clock.time += 40 * 86_400_000;
  expect(await setRepeats(it.deps)).toBe(0);
});

test('leaves tell neither who nor what', async () => {
  const it = world();
  const hunch = await openInvestigation(it.deps, 'lee', '198.51.100.7', 'It looks odd.');
  await closeInvestigation(it.deps, hunch, 'lee', { nature: 'benign', confidence: 60 });
  expect(it.leaves('investigation').map(({ data }) => data['state'])).toEqual(['open', 'closed']);
  expect(JSON.stringify(it.leaves('investigation'))).not.toMatch(/lee|198\.51|odd/);
});

test.each(['alice', '', "198.51.100.7' or 1=1"])('"%s" is nothing to look for', async (about) => {
  const it = world();
  await expect(openInvestigation(it.deps, 'lee', about, 'Odd.')).rejects.toThrow('an ARN, an access key or an address is wanted');
  await expect(openInvestigation(it.deps, 'lee', role, ' ')).rejects.toThrow('say what makes you look');
});
