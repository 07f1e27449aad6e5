import { expect, test } from 'vitest';
import { allScenarios } from '../../src/app/playbook-scenarios/all-scenarios-under-test.ts';
import type { Scenario } from '../../src/app/playbook-scenarios/scenario-under-test.ts';
import { attacked } from '../../src/app/playbook-scenarios/world-under-test.ts';
import type { Step } from '../../src/core/model/plan.ts';
import { Dice } from '../../src/range/dice.ts';
import { faultsAt, kinds } from './fault.ts';
import { chaosText } from './report.ts';
import { calmly, runCase } from './run-case.ts';
import { type PlaybookChaos, runPlaybook } from './run-playbook.ts';

const enables = allScenarios.find(({ playbook }) => playbook.id === 'aws.kms.enable-key') as Scenario;
const changed = (change: (step: Step) => Step): Scenario => ({
  ...enables,
  playbook: { ...enables.playbook, plan: (target, at) => enables.playbook.plan(target, at).map(change) },
});

/** A part of `npm run chaos`: some playbooks, some faults. */
test('whatever goes wrong, an action ends in a state that says the truth, and nothing is lost or doubled', async () => {
  const dice = new Dice('chaos/test');
  const told: PlaybookChaos[] = [];
  const offset = dice.int(6);
  for (const [i, scenario] of allScenarios.entries())
    if (i % 6 === offset) told.push(await runPlaybook(scenario, { dice, rounds: 6, everywhere: false }));
  told.push(await runPlaybook(enables, { dice, rounds: 0, everywhere: true }));
  expect(told.flatMap(({ playbook, violations }) => violations.map((one) => ({ playbook, ...one })))).toEqual([]);
  for (const kind of kinds) expect([kind, told.some(({ byKind }) => (byKind[kind] ?? 0) > 0)]).toEqual([kind, true]);
  expect(told.reduce((sum, { deaths }) => sum + deaths, 0)).toBeGreaterThan(20);
  expect(chaosText(told, 'test', 1)).toMatch(/ 0 violations, 1 s/);
});

test.each<readonly [string, Scenario, RegExp]>([
  ['an undo that brings nothing back', changed((step) => ({ ...step, undo: () => [] })), /undo never ends|its undo is/],
  ['a capture that leaves out what is changed', changed((step) => ({ ...step, captures: () => 'whatever' })), /not back|it says failed/],
  ['a look that sees what it wants', changed((step) => ({ ...step, verify: { ...step.verify, expect: () => true } })), /changes nothing/],
])('it finds %s', async (_, scenario, says) => {
  const found: string[] = [];
  try {
    const calm = await calmly(attacked(scenario));
    for (const fault of faultsAt(calm.doing.calls)) found.push(...(await runCase(calm, { doing: [fault], undoing: [] })).violations);
  } catch (error) {
    // It does not come to its end in peace either.
    found.push(String(error));
  }
  expect(found.join('\n')).toMatch(says);
});
