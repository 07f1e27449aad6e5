import { describe, expect, expectTypeOf, test } from 'vitest';
import type { ProposedAction } from '../../core/model/decision.ts';
import type { Nature } from '../../core/model/judging.ts';
import type { Tx } from '../../core/ports/store.ts';
import type { ConsoleDeps } from '../console/console-deps.ts';
import { listJudgements } from '../console/list-judgements.ts';
import { readFinding } from '../console/read-finding.ts';
import { readJudgement } from '../console/read-judgement.ts';
import { readOverview } from '../console/read-overview.ts';
import { groupTarget, offerToNarrow, putDecided } from '../decided-under-test.ts';
import { declaredKind } from '../incident-mode/declared.ts';
import { answerCard } from '../judge/answer-card.ts';
import { giveOpinion } from '../judge/give-opinion.ts';
import { account, contain, findingOf, judgingWorld, tenant } from '../judge/judge-under-test.ts';
import { reviewCase } from '../judge/list-cases.ts';
import { listExercises } from '../judge/list-exercises.ts';
import { readScores } from '../judge/scores.ts';
import { setRepeats } from '../judge/set-repeats.ts';
import { readChannels } from '../notify/read-channels.ts';
import { readTolerance } from '../read-tolerance.ts';
import { followTickets } from '../tickets/follow-tickets.ts';
import { cardOfJudgement } from './card-of-judgement.ts';
import { disguiseCard } from './disguise-card.ts';
import { type DrillSource, makeDrills, orderSources, wantDrill } from './drills.ts';
import type { RehearsedOption } from './exercise.ts';
import { type ExerciseTx, exerciseTx } from './exercise-tx.ts';

const day = 86_400_000;
const ledger = { latest: async () => null, entries: async () => [] };
const playbooks = [] as unknown as ConsoleDeps['playbooks'];

function world() {
  const it = judgingWorld();
  it.clock.time = Date.UTC(2026, 0, 5, 3);
  const deps = { ...it.deps, playbooks } as unknown as ConsoleDeps;
  const exercises = <T>(work: (tx: ExerciseTx) => Promise<T>) => it.store.within(tenant, (tx) => work(exerciseTx(tx)));
  const card = cardOfJudgement(
    {
      question: `Deny the sessions of alice in ${account}?`,
      guardrails: ['serves-production'],
      options: [contain],
      recommendation: 'approve',
      because: 'RECOMMENDED',
    },
    findingOf('campaign-finding', { lastTime: 5_000, firstTime: 4_000 }),
    () => 'Contain a stolen access key',
  );
  const sources: readonly DrillSource[] = [{ id: 'c1', from: 'campaign', nature: 'true-positive' }];
  const drilled = (truth: Nature = 'true-positive') =>
    makeDrills({
      within: exercises,
      clock: it.clock,
      sources: async () => sources,
      make: async (_, salt, at) => ({ card: disguiseCard(card, salt, at), truth, of: { campaign: 'c1', title: 'A stolen key' } }),
    });
  const waiting = (who: string) => listJudgements(deps, 'waiting', 9, who);
  /** All that was written but for exercises, their leaves and what tests themselves wrote. */
  const everythingElse = () =>
    it.store.within(tenant, async (tx) => ({
      actions: await tx.actions.list({ limit: 99 }),
      judgements: await tx.judgements.list({ limit: 99 }),
      findings: await tx.findings.list({ limit: 99 }),
      notifications: await tx.items.counts('notification'),
      answers: await tx.items.counts('answer'),
      cases: await tx.items.counts('case'),
      proposals: await tx.items.counts('proposal'),
      inHand: await tx.items.counts('incident-in-hand'),
    }));
  return { ...it, deps, exercises, drilled, waiting, everythingElse };
}

describe('an exercise can do nothing', () => {
  test('by its types: what it offers is no action, and what it can reach has no way to one', () => {
    expectTypeOf<RehearsedOption>().not.toExtend<ProposedAction>();
    expectTypeOf<ProposedAction>().not.toExtend<RehearsedOption>();
    expectTypeOf<ExerciseTx>().not.toExtend<Pick<Tx, 'actions'>>();
    expectTypeOf<ExerciseTx>().not.toExtend<Pick<Tx, 'items'>>();
    expectTypeOf<ExerciseTx>().not.toExtend<Pick<Tx, 'judgements'>>();
    expect(Object.keys(exerciseTx({ tenant } as Tx)).sort()).toEqual([
      'add',
      'get',
      'isQuiet',
      'leaf',
      'list',
      'move',
      'sealPerson',
      'tenant',
    ]);
  });

  test.each(['approve', 'deny'] as const)(
    'to %s it plans, asks, tells and closes nothing: only itself and its leaves are written',
    async (answer) => {
      const it = world();
      await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
      expect(await it.drilled()).toBe(1);
      const before = await it.everythingElse();
      const [card] = await it.waiting('kim');
      const id = card?.judgement.id ?? '';
      expect(await answerCard(it.deps, id, 'kim', answer, {})).toEqual({ outcome: 'opinion-first' });
      await giveOpinion(it.deps, id, 'kim', { nature: 'true-positive', confidence: 80 });
      const answered = await answerCard(it.deps, id, 'kim', answer, { revision: card?.judgement.revision ?? '' });
      expect(answered).toMatchObject({ outcome: 'exercised', reveal: { kind: 'drill', truth: 'true-positive' } });
      expect(await it.everythingElse()).toEqual(before);
      expect([...new Set(it.store.entries(tenant).map(({ type }) => type))]).toEqual(['drill']);
      expect(JSON.stringify(it.store.entries(tenant))).not.toMatch(/kim|alice|RECOMMENDED/);
      expect(await answerCard(it.deps, id, 'kim', answer, {})).toEqual({ outcome: 'unknown' });
    },
  );
});

describe('a drill', () => {
  test('there is none while an incident is declared, and there is one again when it is closed', async () => {
    const it = world();
    const declared = (state: string) => ({ kind: declaredKind, id: 'i', state, dueAt: null, at: 1, doc: {} });
    await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
    await it.store.within(tenant, (tx) => tx.items.add(declared('open')));
    expect(await it.drilled()).toBe(0);
    await it.store.within(tenant, (tx) => tx.items.move(declared('closed'), ['open']));
    expect(await it.drilled()).toBe(1);
  });

  test('looks like a question: nothing on its card, nor that the advice comes after, tells it from one', async () => {
    const it = world();
    await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
    await it.drilled();
    const [drill] = await it.waiting('kim');
    const real = await it.asked(findingOf('real'));
    const [first, second] = await it.waiting('kim');
    // What is real comes first.
    expect([first?.judgement.id, second?.judgement.id]).toEqual([real, drill?.judgement.id]);
    const keysOf = (value: object | undefined) => Object.keys(value ?? {}).sort();
    expect(keysOf(drill)).toEqual(keysOf(first));
    expect(keysOf(drill?.judgement)).toEqual(keysOf(first?.judgement));
    expect(drill?.advice).toBeNull();
    expect(JSON.stringify(drill)).not.toMatch(/drill|exercise|campaign|rehearse|RECOMMENDED|alice|111122223333/i);
    const page = async (id: string) => readFinding({ ...it.deps, ledger } as unknown as ConsoleDeps, id, 'kim');
    const [realPage, drillPage] = [await page('real'), await page(drill?.finding?.id ?? '')];
    expect(keysOf(drillPage ?? {})).toEqual(keysOf(realPage ?? {}));
    expect(drillPage?.way.map(({ name }) => name)).toEqual(['event', 'finding', 'decision', 'judgement', 'action', 'verified', 'ledger']);
    expect(JSON.stringify(drillPage)).not.toMatch(/drill|exercise|campaign|rehearse|RECOMMENDED|alice|111122223333/i);
    expect(await readFinding({ ...it.deps, ledger } as unknown as ConsoleDeps, drill?.finding?.id ?? '', 'lee')).toBeNull();
    expect(drill?.finding?.lastTime).toBe(it.clock.now() - 240_000);
    await giveOpinion(it.deps, drill?.judgement.id ?? '', 'kim', { nature: 'benign', confidence: 60 });
    expect((await readJudgement(it.deps, drill?.judgement.id ?? '', 'kim'))?.advice?.because).toBe('RECOMMENDED');
  });

  test('is seen, judged and answered by its trainee alone, and its progress is that person’s', async () => {
    const it = world();
    await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
    await it.drilled('benign');
    const id = (await it.waiting('kim'))[0]?.judgement.id ?? '';
    expect(await it.waiting('lee')).toEqual([]);
    expect(await readJudgement(it.deps, id, 'lee')).toBeNull();
    expect(await giveOpinion(it.deps, id, 'lee', { nature: 'benign', confidence: 60 })).toEqual({ outcome: 'unknown' });
    expect(await answerCard(it.deps, id, 'lee', 'deny', { confidence: 60 })).toEqual({ outcome: 'unknown' });
    await answerCard(it.deps, id, 'kim', 'approve', { confidence: 90 });
    expect((await readScores(it.deps, 'kim')).own.drills).toMatchObject({ n: 1, right: 0, squares: 8100 });
    expect((await readScores(it.deps, 'lee')).own.drills.n).toBe(0);
    expect(await listExercises(it.deps, 'kim', 9)).toMatchObject([
      { reveal: { says: 'This was a drill: A stolen key. It was benign. Nothing was done.' } },
    ]);
    expect(await listExercises(it.deps, 'lee', 9)).toEqual([]);
  });

  test('is not set, seen or answered while an incident that wakes people is open', async () => {
    const it = world();
    await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
    await it.drilled();
    const id = (await it.waiting('kim'))[0]?.judgement.id ?? '';
    const finding = findingOf('attack');
    await it.store.within(tenant, (tx) => tx.findings.put(finding, it.clock.now()));
    await it.joined([finding], true);
    expect(await it.waiting('kim')).toEqual([]);
    expect((await readOverview(it.deps, 'kim')).judgement).toBeNull();
    expect(await giveOpinion(it.deps, id, 'kim', { nature: 'benign', confidence: 60 })).toEqual({ outcome: 'unknown' });
    expect(await it.exercises((tx) => wantDrill(tx, 'lee', null, it.clock.now()))).toBe('not-now');
    await it.store.within(tenant, (tx) => tx.findings.live(finding.id, 'resolved', it.clock.now(), 'kim', 'over'));
    expect((await it.waiting('kim')).map(({ judgement }) => judgement.id)).toEqual([id]);
  });

  test('becomes no ticket, whatever is wanted, while it waits and when it is answered; a real case does', async () => {
    const it = world();
    const findings = '{ from: Informational, kinds: [detection, behaviour, compliance, vulnerability, data-security], afterHours: 0 }';
    const channels = readChannels(
      `channels: { t: { kind: jira, url: "https://example.com", user: b, token: "file:t", project: SEC, findings: ${findings} } }`,
      'channels.yml',
    );
    const tickets = async () => {
      it.clock.time += day;
      await followTickets({ ...it.deps, behaviours: async () => [], channels: async () => channels });
      return it.store.within(tenant, (tx) => tx.items.counts('notification'));
    };
    await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
    expect(await it.drilled()).toBe(1);
    expect(await tickets()).toEqual([]);
    const id = (await it.waiting('kim'))[0]?.judgement.id ?? '';
    await giveOpinion(it.deps, id, 'kim', { nature: 'true-positive', confidence: 80 });
    await answerCard(it.deps, id, 'kim', 'approve', {});
    expect(await tickets()).toEqual([]);
    const offer = offerToNarrow(groupTarget(account, 'sg-1'));
    await it.store.within(tenant, (tx) => putDecided(tx, findingOf('real'), offer, readTolerance('', 'tolerance'), it.clock.now()));
    expect(await tickets()).toEqual([{ state: 'waiting', n: 1 }]);
  });

  test('comes one at a time; a source that a person had does not come again, and attacks and ordinary work both come', async () => {
    const it = world();
    expect(await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()))).toBe('wanted');
    expect(await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now() + 1))).toBe('one-waits');
    await it.drilled();
    const id = (await it.waiting('kim'))[0]?.judgement.id ?? '';
    await answerCard(it.deps, id, 'kim', 'approve', { confidence: 90 });
    await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now() + 2));
    expect(await it.drilled()).toBe(0);
    const many = Array.from(
      { length: 10 },
      (_, i): DrillSource => ({ id: `s${i}`, from: 'campaign', nature: i % 2 === 0 ? 'benign' : 'true-positive' }),
    );
    const firsts = Array.from({ length: 40 }, (_, i) => orderSources(many, new Set(['s0']), String(i))[0]);
    expect(new Set(firsts.map((source) => source?.nature)).size).toBe(2);
    expect(firsts.some((source) => source?.id === 's0')).toBe(false);
  });
});

describe('a case of before comes again in disguise', () => {
  async function judgedBefore() {
    const it = world();
    const finding = findingOf('a', { lastTime: it.clock.now(), message: `dana did something odd to alice in ${account}.` });
    const id = await it.asked(finding);
    await it.judged(id, 'kim', 'benign', 80);
    it.clock.time += 22 * day;
    return { it, id };
  }
  const repeats = (it: ReturnType<typeof world>) => setRepeats({ ...it.deps, playbooks });

  test('weeks later, once, to who judged it; with other ids, names and times', async () => {
    const { it, id } = await judgedBefore();
    it.clock.time -= 5 * day;
    expect(await repeats(it)).toBe(0);
    it.clock.time += 5 * day;
    expect(await repeats(it)).toBe(1);
    expect(await repeats(it)).toBe(0);
    const [card] = await it.waiting('kim');
    expect(card?.judgement.question).toMatch(/^Deny the sessions of the user [a-z]+-[a-z]+-\d\d\?$/);
    expect(JSON.stringify(card)).not.toMatch(/alice|dana|deployer|111122223333/);
    expect(card?.judgement.id).not.toBe(id);
    expect(card?.finding?.rule.id).toBe('aws.x.y');
  });

  test('what was said then and now is compared, and nothing follows from it', async () => {
    const { it, id } = await judgedBefore();
    await repeats(it);
    const again = (await it.waiting('kim'))[0]?.judgement.id ?? '';
    const before = await it.everythingElse();
    const answered = await answerCard(it.deps, again, 'kim', 'approve', { confidence: 70 });
    expect(answered).toMatchObject({
      outcome: 'exercised',
      reveal: {
        kind: 'repeat',
        truth: null,
        before: { nature: 'benign', confidence: 80 },
        says: expect.stringContaining('You have judged this before, as benign, 80 % sure.'),
      },
    });
    expect(await it.everythingElse()).toEqual(before);
    expect((await readScores(it.deps, 'kim')).own.repeats).toEqual({ n: 1, same: 0, apart: 50 });
    await reviewCase(it.deps, id, 'lee', 'benign');
    expect((await listExercises(it.deps, 'kim', 9))[0]?.reveal.truth).toBe('benign');
    // The same case comes once; the score of the case is that of the first time.
    it.clock.time += 60 * day;
    expect(await repeats(it)).toBe(0);
    expect((await readScores(it.deps, 'kim')).own.score).toMatchObject({ n: 1, right: 1 });
  });
});

test('what is known of a case is disguised with it, and its levels stay', () => {
  const about = {
    tags: {},
    owner: { name: 'payments', from: 'tag team' },
    standing: [],
    deployer: { who: `arn:aws:iam::${account}:user/carol`, by: 'code', with: 'Terraform', operation: 'X', at: 1_000, from: 'history' },
    data: { level: 2, facts: [{ says: 'It belongs to payments.', from: 'tag classification' }], n: 1, unknown: [] },
  } as const;
  const judgement = { question: '?', guardrails: [], options: [], recommendation: 'deny', because: 'x' } as const;
  const other = disguiseCard(
    cardOfJudgement(judgement, findingOf('case', { lastTime: 5_000 }), () => '', about),
    'salt',
    1_000_000,
  );
  expect(JSON.stringify(other.about)).not.toMatch(/payments|carol|111122223333/);
  expect(other.about).toMatchObject({ owner: { from: 'tag team' }, deployer: { by: 'code', with: 'Terraform' }, data: { level: 2, n: 1 } });
  expect(other.about?.deployer?.at).toBeGreaterThan(500_000);
});

/** The names in a value, and what kind of thing each is; lists by their first. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, one]) => [name, shapeOf(one)]),
  );
}

test('until the opinion is given a drill stands among what is real by its age, with the same shape and with cases like it', async () => {
  const it = world();
  await it.judged(await it.asked(findingOf('before')), 'bob', 'benign', 80);
  it.clock.time += 60_000;
  const first = await it.asked(findingOf('first'));
  it.clock.time += 60_000;
  await it.exercises((tx) => wantDrill(tx, 'kim', null, it.clock.now()));
  await it.drilled();
  it.clock.time += 60_000;
  const last = await it.asked(findingOf('last', { resources: [] }));
  const views = await it.waiting('kim');
  expect(views.map(({ judgement }) => judgement.id)).toEqual([first, expect.stringMatching(/^[0-9a-f]{32}$/), last]);
  const [real, drill] = views;
  expect(drill?.cases).toEqual(real?.cases);
  expect(drill?.cases).toHaveLength(1);
  // What is said of the finding differs, no decision is stored here, and an exercise has no parameters of a target.
  const shown = (view: typeof real) =>
    shapeOf({
      ...view,
      finding: null,
      about: [],
      evidence: [],
      judgement: { ...view?.judgement, options: view?.judgement.options.map((option) => ({ ...option, target: null })) },
    });
  expect(shown(drill)).toEqual(shown(real));
});
