import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rules as ownRules } from '../../../content/index.ts';
import { eventsOfText } from '../../core/collect/log-reader.ts';
import { indexValues } from '../../core/detect/index-values.ts';
import { joinRules } from '../../core/detect/sigma/join-rules.ts';
import { loadRules, type RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Lake, LakeFile } from '../../core/ports/lake.ts';
import { openLake } from '../../edge/duckdb/lake.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { onCallSetting } from '../on-call/on-call-settings.ts';
import { readRuleTexts } from '../rules-of.ts';
import { tryRules } from '../try-rules.ts';
import { attackedOrganisation, findingsIn } from '../wire/triage-under-test.ts';
import { followProposals } from './backtest-proposals.ts';
import { closeInvestigation, openInvestigation } from './investigations.ts';
import { judgingWorld, role, tenant } from './judge-under-test.ts';
import { reviewCase } from './list-cases.ts';
import { proposalKind, proposalOf } from './proposals.ts';
import { reviewProposal, revokeProposal } from './review-proposal.ts';
import { draftRules, writeRules } from './write-rules.ts';

/** From a judgement to a rule that holds, on the events of an attack in a real lake, with our own rules. */
const folder = mkdtempSync(join(tmpdir(), 'jobzero-write-rules-'));
const own = await ownRules();
const rule = 'aws.iam.access-key-created-for-other-user';
let lake: Lake;
let files: readonly LakeFile[];
let made: Finding;

beforeAll(async () => {
  const { records } = await attackedOrganisation();
  const found = (await findingsIn(records)).find((finding) => finding.rule.id === rule);
  if (found === undefined) throw new Error('no key was made');
  made = found;
  lake = await openLake({ folder });
  const rows = records.flatMap((record, n) => {
    const raw = JSON.stringify(record);
    return [...eventsOfText(raw, 'log')].map((event) => {
      const { account, region } = event.words;
      const place = { object: 'log', offset: n };
      return { key: event.key, source: event.source, account, region, time: event.time, place, raw, index: indexValues(event) };
    });
  });
  files = await lake.write(tenant, 'batch', rows);
});
afterAll(async () => {
  await lake.close();
  rmSync(folder, { recursive: true, force: true });
});

const hour = 3_600_000;
const broad = `title: Nobody makes keys\nlogsource: { product: aws, service: cloudtrail }\nfilter:\n  rules: [${rule}]\n  s: { eventName: CreateAccessKey }\n  condition: not s\n`;

/** Somebody approved what he took for ordinary work: no exemption follows, a rule is wanted. */
async function wanted() {
  const it = judgingWorld();
  it.clock.time = made.lastTime + hour;
  const deps = {
    ...it.deps,
    engines: engineLoader(),
    playbooks: [],
    rules: async () => own,
    tryRules: async (file: RuleFile, from: number, to: number) => {
      const after = joinRules(own, loadRules([file]), 'replace').rules;
      const spill = fileSpill();
      try {
        return await tryRules({ before: own, after, tenant, files, from, to }, { lake, spill });
      } finally {
        spill.close();
      }
    },
  };
  const question = await it.asked(made);
  await it.judged(question, 'kim', 'benign', 80, 'approve');
  const proposals = () => it.store.within(tenant, (tx) => tx.items.list({ kind: proposalKind, limit: 9 }));
  const [item] = await proposals();
  const one = async (id = item?.id ?? '') => {
    const found = (await proposals()).find((each) => each.id === id);
    if (found === undefined) throw new Error('there is no proposal');
    return { state: found.state, ...proposalOf(found) };
  };
  const held = () => it.store.within(tenant, async (tx) => (await readRuleTexts(tx, it.clock.now())).adopted);
  return { ...it, deps, id: item?.id ?? '', question, proposals, one, held };
}

describe('a rule that follows from a judgement', () => {
  test('begins with a filter for just that, is tried on events, and holds when another person has adopted it', async () => {
    const it = await wanted();
    expect((await it.one()).changes).toMatchObject([{ kind: 'rule' }]);
    const draft = (await draftRules(it.deps, it.id)) ?? '';
    expect(draft).toContain(`rules: ["${rule}"]`);
    expect(await writeRules(it.deps, it.id, 'mia', draft)).toEqual({ outcome: 'written', rules: 0, filters: 1 });
    expect(await draftRules(it.deps, it.id)).toBe(draft);
    it.clock.time += 12 * hour;
    expect(await reviewProposal(it.deps, it.id, 'lee', true, '')).toEqual({ outcome: 'not-tried' });
    await followProposals(it.deps);
    expect((await it.one()).backtest?.rules).toMatchObject({
      rules: expect.arrayContaining([rule]),
      days: 30,
      lost: 1,
      attacks: 0,
      found: 0,
    });
    expect(await it.held()).toEqual([]);
    // Neither who judged it nor who wrote it.
    expect(await reviewProposal(it.deps, it.id, 'kim', true, '')).toEqual({ outcome: 'judged-it' });
    expect(await reviewProposal(it.deps, it.id, 'mia', true, '')).toEqual({ outcome: 'judged-it' });
    expect(await reviewProposal(it.deps, it.id, 'lee', true, '')).toEqual({ outcome: 'recorded', state: 'adopted' });
    expect(await it.held()).toMatchObject([{ proposal: it.id, file: { text: draft }, until: it.clock.time + 90 * 24 * hour }]);
    it.clock.time += 90 * 24 * hour;
    expect(await it.held()).toEqual([]);
    expect(it.leaves('proposal').map(({ data }) => data['state'])).toEqual(['proposed', 'written', 'adopted']);
    expect(it.leaves('setting').map(({ subject }) => subject)).toEqual(['rules/adopted']);
    expect(JSON.stringify([...it.leaves('proposal'), ...it.leaves('setting')])).not.toMatch(/kim|mia|lee|ci-deployer/);
  });

  test('anybody takes it back', async () => {
    const it = await wanted();
    await writeRules(it.deps, it.id, 'mia', broad);
    await followProposals(it.deps);
    it.clock.time += 12 * hour;
    await reviewProposal(it.deps, it.id, 'lee', true, '');
    expect(await it.held()).toHaveLength(1);
    expect(await revokeProposal(it.deps, it.id, 'kim', '')).toEqual({ outcome: 'recorded', state: 'revoked' });
    expect(await it.held()).toEqual([]);
  });

  test('in place of one of ours ends, too: it may find less', async () => {
    const it = await wanted();
    const uuid = own.find(({ id }) => id === rule)?.uuid ?? '';
    const never = `title: Keys\nid: ${uuid}\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { eventName: Never }, condition: s }\n`;
    expect(await writeRules(it.deps, it.id, 'mia', never)).toEqual({ outcome: 'written', rules: 1, filters: 0 });
    await followProposals(it.deps);
    it.clock.time += 12 * hour;
    await reviewProposal(it.deps, it.id, 'lee', true, '');
    expect((await it.held()).map(({ until }) => until)).toEqual([it.clock.time + 90 * 24 * hour]);
  });

  test('is not adopted when it would not have found an attack', async () => {
    const it = await wanted();
    await writeRules(it.deps, it.id, 'mia', broad);
    expect(await reviewCase(it.deps, it.question, 'lee', 'true-positive')).toBe('recorded');
    await followProposals(it.deps);
    expect((await it.one()).backtest?.rules).toMatchObject({ lost: 1, attacks: 1 });
    it.clock.time += 12 * hour;
    expect(await reviewProposal(it.deps, it.id, 'noa', true, '')).toEqual({ outcome: 'was-an-attack' });
    expect(await it.held()).toEqual([]);
  });

  test('is not adopted when it would not have found another attack, though it followed from one itself', async () => {
    const it = await wanted();
    await reviewCase(it.deps, it.question, 'noa', 'true-positive');
    const hunch = await openInvestigation(it.deps, 'lee', role, 'It works at night.');
    await closeInvestigation(it.deps, hunch, 'lee', { nature: 'true-positive', confidence: 90 });
    const id = (await it.proposals()).find((each) => each.id !== it.id)?.id ?? '';
    await writeRules(it.deps, id, 'mia', broad);
    await followProposals(it.deps);
    it.clock.time += 12 * hour;
    expect(await reviewProposal(it.deps, id, 'kim', true, '')).toEqual({ outcome: 'was-an-attack' });
  });

  test.each([
    ['no rule', '', 'there is no rule'],
    ['no YAML', 'title: [', /^not YAML/],
    ['a filter of all rules', broad.replace(`[${rule}]`, 'any'), /^a filter of any rule is too wide/],
    ['a filter of what is not there', broad.replace(rule, 'nobody'), 'it filters the rule "nobody", which is not here'],
    ['a text that is too long', `${broad}#${'x'.repeat(50_000)}`, 'longer than 50000 characters'],
  ])('%s is refused, and what was there stays', async (_, text, reason) => {
    const it = await wanted();
    expect(await writeRules(it.deps, it.id, 'mia', text)).toMatchObject({
      outcome: 'refused',
      faults: [{ line: expect.any(Number), reason: typeof reason === 'string' ? reason : expect.stringMatching(reason) }],
    });
    expect(await it.one()).not.toHaveProperty('written');
  });

  test('what is over is not written anew, and what waits for a lake waits', async () => {
    const it = await wanted();
    await writeRules(it.deps, it.id, 'mia', broad);
    const { tryRules: _, ...withoutLake } = it.deps;
    await followProposals(withoutLake);
    expect((await it.one()).state).toBe('new');
    await reviewProposal({ ...it.deps, clock: { now: () => it.clock.time + 13 * hour } }, it.id, 'lee', false, '');
    expect(await writeRules(it.deps, it.id, 'mia', broad)).toEqual({ outcome: 'not-now', state: 'rejected' });
    expect(await writeRules(it.deps, 'none', 'mia', broad)).toEqual({ outcome: 'unknown' });
  });
});

test('an attack that a hunch showed wants a rule; what a hunch was not proposes nothing', async () => {
  const it = await wanted();
  const nothing = await openInvestigation(it.deps, 'lee', '198.51.100.7', 'Odd.');
  await closeInvestigation(it.deps, nothing, 'lee', { nature: 'benign', confidence: 60 });
  expect(await it.proposals()).toHaveLength(1);
  const hunch = await openInvestigation(it.deps, 'lee', role, 'It works at night.');
  await closeInvestigation(it.deps, hunch, 'lee', { nature: 'true-positive', confidence: 90 });
  const item = (await it.proposals()).find((each) => each.id !== it.id);
  const id = item?.id ?? '';
  expect(await it.one(id)).toMatchObject({ case: hunch, by: ['lee'], nature: 'true-positive', changes: [{ kind: 'rule' }] });
  const draft = (await draftRules(it.deps, id)) ?? '';
  expect(draft).toContain(role);
  expect(await writeRules(it.deps, id, 'lee', draft)).toEqual({ outcome: 'written', rules: 1, filters: 0 });
  await followProposals(it.deps);
  it.clock.time += 12 * hour;
  expect(await reviewProposal(it.deps, id, 'kim', true, '')).toEqual({ outcome: 'recorded', state: 'adopted' });
  // What only finds more does not end.
  expect((await it.held()).map(({ until }) => until)).toEqual([null]);
});

describe('who may review it is told', () => {
  const onCall = 'zone: UTC\nengineer:\n  - { from: "2026-01-05 08:00", turn: 7d, people: [kim, mia] }\nbackup: [ann, ci-deployer, lee]\n';

  test('once, when the shift is over and people are at work; never who judged it, wrote it or did it', async () => {
    const it = await wanted();
    await it.store.within(tenant, (tx) => tx.settings.set(onCallSetting, onCall, 1, 'owner'));
    // A Friday, at nine in the evening by then.
    it.clock.time = Date.UTC(2026, 0, 16, 9);
    const reach = Object.fromEntries(
      ['kim', 'ann', 'ci-deployer', 'lee', 'mia'].map((name) => [name, [{ channel: 'mail', to: `${name}@example.com` }]]),
    );
    const deps = { ...it.deps, reachable: async () => reach };
    const told = () => it.store.within(tenant, (tx) => tx.items.list({ kind: 'notification', limit: 99 }));
    const { id } = it;
    await writeRules(deps, id, 'mia', broad);
    await followProposals(deps);
    it.clock.time += 12 * hour + 1;
    await followProposals(deps);
    expect(await told()).toEqual([]);
    it.clock.time = Date.UTC(2026, 0, 19, 10);
    await followProposals(deps);
    await followProposals(deps);
    expect((await told()).map(({ doc }) => doc)).toEqual(
      ['ann', 'lee'].map((name) =>
        expect.objectContaining({ kind: 'note', to: `${name}@example.com`, about: { kind: 'proposal', id }, path: '/proposals' }),
      ),
    );
    it.clock.time += 15 * 24 * hour;
    await followProposals(deps);
    expect((await it.one()).state).toBe('lapsed');
  });
});
