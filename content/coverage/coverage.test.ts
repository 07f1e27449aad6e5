import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRules } from '../../src/core/detect/sigma/parse-rules.ts';
import { handles } from '../../src/core/lib/handles.ts';
import { meetsWildcard } from '../../src/core/lib/wildcard.ts';
import { coveringUnits } from '../../src/core/model/coverage.ts';
import { findingSources } from '../../src/core/model/imported.ts';
import { judgementOf } from '../../tools/judgement-of.ts';
import { coverageNames, listUnits, playbookModules, readCoverage, ruleFiles, unitFiles } from '../../tools/units.ts';
import { answers } from '../index.ts';

const guardduty = readCoverage('guardduty');
const states = Object.entries(guardduty.types);

describe('what stands for the findings of GuardDuty', () => {
  test('is a rule that is there and raises findings, or a sequence', () => {
    const raising = loadRules(ruleFiles(), { declared: listUnits().keys() }).rules.flatMap((rule) => (rule.raises ? rule.id : []));
    const real = new Set([...raising, ...unitFiles('sequences').map(({ id }) => id)]);
    const missing = states.flatMap(([type, state]) => coveringUnits(state).flatMap((id) => (real.has(id) ? [] : `${type}: ${id}`)));
    expect(missing).toEqual([]);
  });

  test('is said of every type, each in the form of its name', () => {
    expect(states.length).toBe(241);
    for (const [type] of states) expect(type).toMatch(/^[A-Z][A-Za-z]+:[A-Z][A-Za-z0-9]+\/[A-Za-z0-9&.]+(![A-Za-z]+)?$/);
  });

  test('and each is answered by a playbook when it is reported, or has a reason why a person judges it', async () => {
    const playbooks = (await playbookModules()).map(({ unit }) => unit);
    const open = states.flatMap(([type, state]) => (state === 'retired' ? [] : [type]));
    const unanswered = open.filter((type) => !playbooks.some((playbook) => handles(playbook, `guardduty/${type}`)));
    expect(unanswered.filter((type) => judgementOf(guardduty, type) === null)).toEqual([]);
    const patterns = guardduty.judgements.flatMap(({ types }) => types);
    expect(patterns.filter((pattern) => !open.some((type) => meetsWildcard(pattern, type)))).toEqual([]);
    expect(unanswered).not.toContain('AttackSequence:IAM/CompromisedCredentials');
  });

  const list = join(process.env['JOBZERO_CORPUS'] ?? 'absent', 'reference/guardduty-finding-types.tsv');
  test.skipIf(!existsSync(list))('is said of the types that AWS lists', () => {
    const listed = readFileSync(list, 'utf8')
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split('\t')[0] ?? '');
    expect(states.map(([type]) => type).sort()).toEqual(listed.sort());
  });
});

describe('what stands for the findings of other services', () => {
  test('is of services whose findings come in', () => {
    expect(coverageNames().filter((name) => !Object.hasOwn(findingSources, name))).toEqual([]);
  });

  test('names rules and controls that are there', async () => {
    const raising = loadRules(ruleFiles(), { declared: listUnits().keys() }).rules.flatMap((rule) => (rule.raises ? rule.id : []));
    const real = new Set([...raising, ...unitFiles('controls').map(({ id }) => id)]);
    const named = Object.entries(await answers()).flatMap(([source, types]) =>
      Object.entries(types).flatMap(([type, ids]) => ids.map((id) => `${source} ${type} ${id}`)),
    );
    expect(named.length).toBeGreaterThan(200);
    expect(named.filter((line) => !real.has(line.slice(line.lastIndexOf(' ') + 1)))).toEqual([]);
  });
});
