import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rules as ownRules } from '../../../content/index.ts';
import { sha256 } from '../../core/lib/hash.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { sealPerson } from '../ledger/seals.ts';
import { faultOf } from '../notify/automation-fault.ts';
import { onCallSetting } from '../on-call/on-call-settings.ts';
import { readRuleTexts } from '../rules-of.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { keepTolerance } from '../wire/keep-tolerance.ts';
import { policyHistory, policyVersion } from './policy-history.ts';
import { type ReviewMode, reviewPolicy, takeRules, takeTolerance, waitingPolicies, waitingPolicy } from './take-policy.ts';

const tenant = 'default';
const two = 'people: { ann: ["arn:aws:iam::111122223333:user/ann"], bob: ["arn:aws:iam::111122223333:user/bob"] }\n';
const careful = `${two}default: { act: ask }\n`;
const loose = `${two}default: { act: alone }\n`;
const tight = `${two}default: { act: never }\n`;

function world() {
  const store = memoryStore();
  let now = 1_000;
  const deps = { store, tenant, clock: { now: () => now } };
  const within = store.within.bind(store, tenant) as <T>(work: Parameters<typeof store.within<T>>[1]) => Promise<T>;
  return {
    ...deps,
    within,
    take: (text: string, { by = 'root', review = 'when-two' as ReviewMode } = {}) =>
      within((tx) => takeTolerance(tx, { text, by, at: ++now, review })),
    review: (text: string, by: string, accept = true) => {
      now++;
      return reviewPolicy(deps, { hash: sha256(text).slice(0, 12), by, accept });
    },
    act: () => within(async (tx) => (await toleranceOf(tx)).default.act),
    waits: () => within((tx) => waitingPolicy(tx, 'tolerance')),
    queue: async () =>
      (await within((tx) => tx.items.list({ kind: 'automation-fault', state: ['open'], limit: 9 }))).map((item) => faultOf(item).text),
    leaves: () => store.entries(tenant).flatMap(({ type, data }) => (type === 'setting' ? [data] : [])),
  };
}

describe('a looser text', () => {
  test('waits for a second person, is in the queue of the automation, and what held goes on holding', async () => {
    const w = world();
    expect(await w.take(careful)).toBe('holds');
    expect(await w.take(loose)).toBe('waits');
    expect(await w.take(loose)).toBe('waits');
    expect(await w.act()).toBe('ask');
    expect(await w.waits()).toMatchObject({ hash: sha256(loose), by: 'root', looser: ['default.act'] });
    expect(await w.queue()).toEqual([expect.stringContaining('lets automation do or accept more (default.act)')]);
    expect(w.leaves().at(-1)).toMatchObject({ waits: sha256(loose), looser: 1 });

    await expect(w.review(loose, 'root')).rejects.toThrow('another person');
    await expect(w.review(loose, 'eve')).rejects.toThrow('nobody of this name');
    await expect(w.review(tight, 'ann')).rejects.toThrow('no text of this hash');
    await expect(reviewPolicy(w, { hash: sha256(loose).slice(0, 7), by: 'ann', accept: true })).rejects.toThrow('no text of this hash');
    expect(await w.act()).toBe('ask');

    await w.review(loose, 'ann');
    expect([await w.act(), await w.waits(), await w.queue()]).toEqual(['alone', null, []]);
    const [bySeal, reviewedBySeal] = await w.within((tx) => Promise.all([sealPerson(tx, 'root'), sealPerson(tx, 'ann')]));
    expect(w.leaves().at(-1)).toEqual({ hash: sha256(loose), bySeal, reviewedBySeal });
    expect(await w.take(loose)).toBe('same');
  });

  test('that is turned down does not hold, and stays in the queue until the file says what holds', async () => {
    const w = world();
    await w.take(careful);
    await w.take(loose);
    await w.review(loose, 'bob', false);
    expect(await w.take(loose)).toBe('waits');
    expect([await w.act(), await w.queue()]).toEqual(['ask', [expect.stringContaining('turned down by bob')]]);
    expect(await w.take(careful)).toBe('same');
    expect([await w.waits(), await w.queue()]).toEqual([null, []]);
    expect(w.leaves().at(-1)).toMatchObject({ withdrawn: sha256(loose) });
    await expect(w.review(loose, 'ann')).rejects.toThrow('no text of this hash');
  });

  test('that a tighter one takes the place of waits no more', async () => {
    const w = world();
    await w.take(careful);
    await w.take(loose);
    expect(await w.take(tight)).toBe('holds');
    expect([await w.act(), await w.waits(), await w.queue()]).toEqual(['never', null, []]);
  });

  test('cannot name who reviews it', async () => {
    const w = world();
    await w.take(careful);
    const own = loose.replace('people: {', 'people: { eve: ["arn:aws:iam::111122223333:user/eve"],');
    await w.take(own);
    await expect(w.review(own, 'eve')).rejects.toThrow('nobody of this name');
  });
});

describe('whom it waits for', () => {
  const alone = 'default: { act: ask }\n';
  const more = 'default: { act: alone }\n';
  test.each<[string, ReviewMode, string | null, 'holds' | 'waits']>([
    ['one person runs it', 'when-two', null, 'holds'],
    ['two are on call', 'when-two', 'zone: UTC\nengineer: [{ people: [ann, bob], from: 2026-01-05 09:00, turn: 1w }]\n', 'waits'],
    ['it is asked for always', 'always', null, 'waits'],
  ])('%s', async (_, review, onCall, expected) => {
    const w = world();
    if (onCall !== null) await w.within((tx) => tx.settings.set(onCallSetting, onCall, 1, 'oncall.yml'));
    expect(await w.take(alone, { review })).toBe('holds');
    expect(await w.take(more, { review })).toBe(expected);
  });
});

const filter = (rule: string) =>
  `title: F\nlogsource: { product: aws, service: cloudtrail }\nfilter: { rules: [${rule}], s: { eventName: A }, condition: not s }\n`;
const added = `title: R\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName: A }, condition: s }\n`;

test('rules that only find more hold at once; what narrows waits, and holds when another person says so', async () => {
  const w = world();
  const own = await ownRules();
  let at = 5_000;
  const take = (...texts: readonly string[]) =>
    w.within((tx) =>
      takeRules(tx, { files: texts.map((text, n) => ({ file: `rules/${n}.yml`, text })), own, by: 'root', at: ++at, review: 'when-two' }),
    );
  const held = () => w.within(async (tx) => (await readRuleTexts(tx, at)).files.map(({ text }) => text));
  await w.take(careful);
  expect(await take()).toBe('same');
  expect(await take(added)).toBe('holds');
  expect(await take(added)).toBe('same');
  const narrow = filter('aws.iam.user-created');
  expect(await take(added, narrow)).toBe('waits');
  expect([await held(), await w.queue()]).toEqual([[added], [expect.stringContaining('filter "F"')]]);
  const [waiting] = await w.within(waitingPolicies);
  expect(waiting).toMatchObject({ kind: 'rules', name: 'rules', held: `# rules/0.yml\n${added}` });
  const hash = waiting?.waiting.hash.slice(0, 12) ?? '';
  await expect(reviewPolicy(w, { hash, by: 'root', accept: true })).rejects.toThrow('another person');
  await reviewPolicy(w, { hash, by: 'ann', accept: true });
  expect([await held(), await w.queue(), await w.within(waitingPolicies)]).toEqual([[added, narrow], [], []]);
  expect(w.leaves().at(-1)).toMatchObject({ hash: waiting?.waiting.hash, reviewedBySeal: expect.any(String) });
  expect(await take(narrow)).toBe('waits');
});

test('the file is taken in: a tighter edit at once, a looser one waits, also over a start', async () => {
  const w = world();
  const home = await mkdtemp(join(tmpdir(), 'jobzero-policy-'));
  const says: string[] = [];
  const state = { ...w, home } as unknown as Parameters<typeof keepTolerance>[0];
  const start = async () => (await keepTolerance(state, careful, ({ says: one }) => void says.push(one)))();
  try {
    await start();
    expect(await readFile(join(home, 'tolerance.yml'), 'utf8')).toBe(careful);
    await writeFile(join(home, 'tolerance.yml'), loose);
    await start();
    await start();
    expect([await w.act(), says.length]).toEqual(['ask', 2]);
    await writeFile(join(home, 'tolerance.yml'), tight);
    await start();
    expect(await w.act()).toBe('never');
  } finally {
    await rm(home, { recursive: true });
  }
});

test('earlier texts are there with their time, hash, owner and leaf', async () => {
  const w = world();
  await w.take(careful);
  await w.take(tight);
  await w.within((tx) => tx.settings.set('channels', sha256('x'), 5_000, 'channels.yml'));
  const entries = w.store.entries(tenant).map((entry, index) => ({ index, bytes: JSON.stringify(entry) }));
  const ledger = {
    latest: async () => ({ origin: '', root: '', note: '', size: entries.length }),
    entries: async (from: number, limit: number) => entries.slice(from, from + limit),
  };
  const deps = { ...w, ledger };
  expect(await policyHistory(deps, 'tolerance.yml')).toEqual([
    { n: 2, at: 1_002, by: 'root', hash: sha256(tight), text: tight, leaf: 1 },
    { n: 1, at: 1_001, by: 'root', hash: sha256(careful), text: careful, leaf: 0 },
  ]);
  expect((await policyVersion(deps, 'tolerance.yml', 1)).text).toBe(careful);
  await expect(policyVersion(deps, 'tolerance.yml', 3)).rejects.toThrow('no version 3');
  expect(await policyHistory(deps, 'channels.yml')).toMatchObject([{ n: 1, hash: sha256('x'), text: null }]);
  await expect(policyVersion(deps, 'channels.yml', 1)).rejects.toThrow('only hashes are kept');
  expect(await policyHistory(deps, 'oncall.yml')).toEqual([]);
});
