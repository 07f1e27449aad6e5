import { expect, test } from 'vitest';
import { rules as ownRules } from '../../content/index.ts';
import { memoryStore } from '../core/ports/store.memory.ts';
import { noRuleTexts, readRuleTexts, rulesInForce, rulesSetting, writeAdoptedRules } from './rules-of.ts';

const tenant = 'default';
const at = Date.UTC(2026, 0, 15);
const noLists = new Map<string, readonly string[]>();
const uuid = '89dc8c66-de15-5280-927d-6d921804826d';
const id = 'aws.iam.access-key-created-for-other-user';
const changed = `title: Key made for another
id: ${uuid}
logsource: { product: aws, service: cloudtrail }
detection: { s: { eventName: CreateAccessKey }, condition: s }
level: critical
`;
const filter = (rule: string) =>
  `title: F\nlogsource: { product: aws, service: cloudtrail }\nfilter: { rules: [${rule}], s: { eventName: A }, condition: not s }`;

test('our own rules are what they are where the installation has none', async () => {
  const own = await ownRules();
  expect(rulesInForce(own, noRuleTexts, noLists).rules).toBe(own);
});

test('a rule with the UUID of one of ours is that one from now on; its filters hold, and no other rule changes', async () => {
  const own = await ownRules();
  const files = [
    { file: 'rules/changed.yml', text: changed },
    { file: 'rules/narrow.yml', text: filter(id) },
    { file: 'rules/broken.yml', text: filter('nobody') },
  ];
  const { rules, faults } = rulesInForce(own, { files, adopted: [] }, noLists);
  expect(faults.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
    'rules/broken.yml: it filters the rule "nobody", which is not here',
  ]);
  expect(rules).toHaveLength(own.length);
  expect(rules.find((rule) => rule.id === id)).toMatchObject({ uuid, severity: 'Critical', when: { op: 'and' } });
  const others = (all: readonly { readonly id: string }[]) => new Map(all.filter((rule) => rule.id !== id).map((rule) => [rule.id, rule]));
  expect(others(rules)).toEqual(others(own));
});

test('what was adopted holds until its end, beside the files', async () => {
  const store = memoryStore();
  const files = [{ file: 'rules/changed.yml', text: changed }];
  await store.within(tenant, (tx) => tx.settings.set(rulesSetting, { files }, at, 'root'));
  const adopted = [
    { proposal: 'a', file: { file: 'a', text: filter(id) }, until: at + 1_000 },
    { proposal: 'b', file: { file: 'b', text: changed }, until: null },
  ];
  await store.within(tenant, (tx) => writeAdoptedRules(tx, adopted, at, 'bea'));
  const read = (now: number) => store.within(tenant, (tx) => readRuleTexts(tx, now));
  expect(await read(at)).toEqual({ files, adopted });
  expect((await read(at + 1_000)).adopted.map(({ proposal }) => proposal)).toEqual(['b']);
});
