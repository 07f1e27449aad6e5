import { describe, expect, test } from 'vitest';
import { incidentsOf } from '../src/core/findings/incidents/incidents-of.ts';
import { findingUnderTest } from '../src/core/lib/finding-under-test.ts';
import { sha256 } from '../src/core/lib/hash.ts';
import { tactics, techniques } from '../src/core/model/attack.ts';
import type { Finding } from '../src/core/model/finding.ts';
import type { SequenceExample } from '../src/core/model/sequence.ts';
import { sequenceUnits } from '../tools/units.ts';
import { sequences as indexed, rules as indexedRules } from './index.ts';

const units = sequenceUnits();
const rules = new Map((await indexedRules()).map((rule) => [rule.id, rule]));
const all = units.map(({ sequence }) => sequence);
const start = Date.UTC(2026, 0, 5, 9);

/** Who is another has another key. */
const keyOf = (name: string) => `AKIA${sha256(name).slice(0, 16).toUpperCase()}`;

/** The findings of an example: what the rule says, of somebody with a key of their own, at a time. */
function findingsOf(example: SequenceExample): readonly Finding[] {
  return example.findings.map(({ rule: id, at, by, ip, account, on, level }, n) => {
    const rule = rules.get(id);
    if (rule === undefined) throw new Error(`${example.name}: there is no rule ${id}`);
    const uid = `arn:aws:iam::${account}:user/${by}`;
    const time = start + at;
    const actor = { type: 'IAMUser', uid, name: by, account, accessKeyId: keyOf(by) };
    return findingUnderTest({
      id: String(n).padStart(32, '0'),
      rule,
      severity: level ?? rule.severity,
      account,
      actor,
      resources: on === null ? [] : [{ uid: on, type: '', name: on, account, region: 'us-east-1' }],
      at: time,
      evidence: [
        {
          key: `${account}/${n}`,
          id: String(n),
          time,
          rule: id,
          operation: '',
          service: '',
          account,
          region: 'us-east-1',
          actor,
          ...(ip === null ? {} : { ip }),
        },
      ],
    });
  });
}

test('the index has them all, and no two say the same', async () => {
  expect(await indexed()).toEqual(all);
  expect(all.length).toBeGreaterThanOrEqual(10);
  expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
});

describe.each(units.map((unit) => [unit.sequence.id, unit] as const))('%s', (id, { sequence, examples }) => {
  test('names rules, techniques and tactics that exist', () => {
    for (const step of sequence.steps) {
      expect(
        step.rules.filter((rule) => rules.get(rule)?.raises !== true),
        step.name,
      ).toEqual([]);
      expect(
        step.techniques.filter((technique) => !techniques.has(technique)),
        step.name,
      ).toEqual([]);
      expect(
        step.tactics.filter((tactic) => !tactics.has(tactic)),
        step.name,
      ).toEqual([]);
    }
  });

  test('has an example each way', () => {
    expect(new Set(examples.map((example) => example.expect))).toEqual(new Set([true, false]));
  });

  test.each(examples.map((example) => [example.name, example] as const))('%s', (_, example) => {
    const matched = (findings: readonly Finding[]) =>
      incidentsOf(findings, all, 'default').filter((incident) => incident.sequences.includes(id));
    const found = matched(findingsOf(example));
    expect(found.length).toBe(example.expect ? 1 : 0);
    expect(matched(findingsOf(example).toReversed())).toEqual(found);
    for (const incident of found)
      expect(incident.severity).toSatisfy((severity) => severity === sequence.severity || severity === 'Critical');
  });
});
