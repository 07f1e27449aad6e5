import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { obligations } from '../../../../content/index.ts';
import { timeZones as zones } from '../../../app/generated/time-zones.ts';
import { hashOf } from '../../lib/hash.ts';
import type { DeclaredIncident, IncidentCommand, IncidentEvent } from '../../model/declared-incident.ts';
import type { Obligation } from '../../model/obligation.ts';
import { applyEvent, foldEvents } from './apply-event.ts';
import { closingConditions } from './closing.ts';
import { remindersOf } from './reminders.ts';
import { takeCommand } from './take-command.ts';

const hour = 3_600_000;
const start = Date.parse('2026-03-01T02:00:00Z');
const quiet = { findings: 0, actions: 0 };
const known = await obligations();
const of = (id: string) => known.find((one) => one.id === id) as Obligation;

/** A declared incident to which things happen. */
function world() {
  let incident: DeclaredIncident | null = null;
  let now = start;
  const events: IncidentEvent[] = [];
  const step = (by: string, command: IncidentCommand, going = quiet): string => {
    now += 60_000;
    const taken = takeCommand(incident, command, { by, at: now, zones, going });
    if ('refused' in taken) return taken.refused;
    events.push(taken.event);
    incident = applyEvent(incident, 'i', taken.event);
    return 'done';
  };
  return {
    step,
    events,
    is: () => incident as DeclaredIncident,
    now: () => now,
    declared(by = 'alice') {
      return step(by, { do: 'declare', title: 'Keys stolen', severity: 'Critical', incidents: ['f'], commander: by });
    },
  };
}

describe('a declared incident', () => {
  test('has a commander from the beginning, who hands over, or from whom it is taken with a reason', () => {
    const { declared, step, is } = world();
    expect(declared()).toBe('done');
    expect(is()).toMatchObject({ state: 'open', commander: 'alice', responders: [{ person: 'alice', leftAt: null }] });
    expect(step('bob', { do: 'hand-over', to: 'carol', note: 'x' })).toBe('commander');
    expect(step('bob', { do: 'hand-over', to: 'bob', note: 'x' })).toBe('commander');
    expect(step('bob', { do: 'join' })).toBe('done');
    expect(step('bob', { do: 'hand-over', to: 'bob', note: ' ' })).toBe('empty');
    expect(step('bob', { do: 'hand-over', to: 'bob', note: 'alice does not answer' })).toBe('done');
    expect(step('alice', { do: 'leave' })).toBe('done');
    expect(step('bob', { do: 'leave' })).toBe('commander');
    expect(step('bob', { do: 'hand-over', to: 'carol', note: '' })).toBe('done');
    expect(is()).toMatchObject({ commander: 'carol' });
    expect(is().responders.find(({ person }) => person === 'carol')?.leftAt).toBeNull();
  });

  test('is proposed until a person declares or dismisses it; what was dismissed or lapsed can be declared', () => {
    const propose: IncidentCommand = { do: 'propose', title: 'Proposed', severity: 'Critical', incidents: ['f'] };
    for (const end of [{ do: 'dismiss', note: 'a drill' }, { do: 'lapse' }] as const) {
      const { step, is } = world();
      expect(step('automation', propose)).toBe('done');
      expect(is()).toMatchObject({ state: 'proposed', commander: null, responders: [] });
      expect(step('alice', { do: 'join' })).toBe('state');
      expect(step('alice', end)).toBe('done');
      expect(step('alice', { do: 'declare', title: '', severity: 'High', incidents: ['g'], commander: 'bob' })).toBe('done');
      expect(is()).toMatchObject({ state: 'open', title: 'Proposed', commander: 'bob', incidents: ['f', 'g'] });
      expect(step('alice', propose)).toBe('same');
    }
  });

  test('of a task one person has it at a time; who leaves leaves tasks behind', () => {
    const { declared, step, is } = world();
    declared();
    step('alice', { do: 'add-task', text: 'Look at the bucket', draft: 'd', path: null });
    expect(step('alice', { do: 'add-task', text: 'Look at the bucket again', draft: 'd', path: null })).toBe('same');
    expect(step('bob', { do: 'claim', task: 't1' })).toBe('done');
    expect(step('carol', { do: 'claim', task: 't1' })).toBe('taken');
    expect(step('carol', { do: 'finish', task: 't1', note: '' })).toBe('taken');
    expect(step('bob', { do: 'leave' })).toBe('done');
    expect(is().tasks[0]?.claimer).toBeNull();
    expect(step('carol', { do: 'finish', task: 't1', note: 'nothing was read' })).toBe('done');
    expect(is().tasks[0]).toMatchObject({ state: 'done', claimer: 'carol', ended: { by: 'carol' } });
    expect(step('carol', { do: 'claim', task: 't1' })).toBe('over');
    expect(step('carol', { do: 'claim', task: 't9' })).toBe('unknown');
  });

  test('clocks run from moments that people say, later ones from duties that were done', () => {
    const { declared, step, is, now } = world();
    declared();
    const dora = of('eu.dora');
    expect(step('alice', { do: 'start-clocks', obligation: dora, moments: {} })).toBe('empty');
    expect(step('alice', { do: 'start-clocks', obligation: dora, moments: { discovered: start } })).toBe('unknown');
    expect(step('alice', { do: 'start-clocks', obligation: dora, moments: { aware: now() + hour } })).toBe('time');
    expect(step('alice', { do: 'start-clocks', obligation: dora, moments: { aware: start } })).toBe('done');
    expect(step('alice', { do: 'start-clocks', obligation: dora, moments: { aware: start } })).toBe('same');
    const ends = () => is().duties[0]?.clocks.map(({ end }) => (end === null ? null : (end - start) / hour));
    expect(ends()).toEqual([24, null, null]);
    expect(step('alice', { do: 'set-moment', obligation: 'eu.dora', moment: 'classified', time: start })).toBe('done');
    expect(ends()).toEqual([4, null, null]);
    expect(step('alice', { do: 'meet', clock: 'eu.dora/initial', time: start + 60_000, note: '' })).toBe('empty');
    expect(step('alice', { do: 'meet', clock: 'eu.dora/initial', time: start + 60_000, note: 'BaFin, 4711' })).toBe('done');
    expect(ends()?.[1]).toBeCloseTo(72 + 1 / 60);
    // What was met keeps the end that it was met by.
    expect(step('alice', { do: 'set-moment', obligation: 'eu.dora', moment: 'classified', time: start - hour })).toBe('done');
    expect(ends()?.[0]).toBe(4);
    expect(step('alice', { do: 'meet', clock: 'eu.dora/initial', time: start, note: 'again' })).toBe('over');
    expect(step('bob', { do: 'waive', clock: 'eu.dora/final', note: 'no bank' })).toBe('commander');
    expect(step('alice', { do: 'waive', clock: 'eu.dora/final', note: 'no bank' })).toBe('done');
    expect(remindersOf(is().duties[0]?.clocks[1] ?? expect.fail())).toMatchObject([{ mark: 'third' }, { mark: 'last' }, { mark: 'over' }]);
    expect(remindersOf(is().duties[0]?.clocks[2] ?? expect.fail())).toEqual([]);
  });

  test('is closed by its commander, who has read all of it, when its conditions hold', () => {
    const { declared, step, is } = world();
    declared();
    step('bob', { do: 'add-task', text: 'Look', draft: null, path: null });
    step('bob', { do: 'start-clocks', obligation: of('eu.gdpr'), moments: { aware: start } });
    const close = (by = 'alice', note = 'over', going = quiet) => step(by, { do: 'close', note, of: is().version }, going);
    expect(close('bob')).toBe('commander');
    expect(close('alice', ' ')).toBe('empty');
    const left = () => closingConditions(is(), quiet).flatMap(({ id, met }) => (met ? [] : [id]));
    expect(left()).toEqual(['contained', 'objectives', 'tasks', 'clocks']);
    const doing: readonly IncidentCommand[] = [
      { do: 'contain', note: 'keys are off' },
      { do: 'reach', objective: 'o1', note: '' },
      { do: 'give-up', objective: 'o2', note: 'no object logs' },
      { do: 'reach', objective: 'o3', note: '' },
      { do: 'drop', task: 't1', note: 'not needed' },
      { do: 'keep', clock: 'eu.gdpr/authority', keeper: 'dora' },
      { do: 'waive', clock: 'eu.gdpr/people', note: 'no high risk' },
    ];
    for (const command of doing) {
      expect(close()).toBe('conditions');
      expect(step('alice', command)).toBe('done');
    }
    expect(left()).toEqual([]);
    expect(close('alice', 'over', { findings: 1, actions: 0 })).toBe('conditions');
    expect(close('alice', 'over', { findings: 0, actions: 1 })).toBe('conditions');
    const read = is().version;
    step('bob', { do: 'say', text: 'Wait' });
    expect(step('alice', { do: 'close', note: 'over', of: read })).toBe('renewed');
    expect(close()).toBe('done');
    expect(is()).toMatchObject({ state: 'closed', closed: { by: 'alice', note: 'over' } });
    // Its clocks run on, and what follows is told and learnt; all else is over.
    expect(step('bob', { do: 'add-task', text: 'x', draft: null, path: null })).toBe('state');
    expect(step('bob', { do: 'hand-over', to: 'bob', note: 'x' })).toBe('state');
    expect(step('dora', { do: 'meet', clock: 'eu.gdpr/authority', time: start + 60_000, note: 'No. 1' })).toBe('done');
    expect(step('bob', { do: 'learn', text: 'Shorter keys', addresses: [] })).toBe('done');
  });
});

describe('whatever is commanded, by whomever', () => {
  const people = ['alice', 'bob', 'carol'] as const;
  const note = fc.constantFrom('', 'because');
  const task = fc.constantFrom('t1', 't2', 't3');
  const clock = fc.constantFrom('eu.gdpr/authority', 'eu.nis2/notification', 'eu.nis2/final-report');
  const command: fc.Arbitrary<IncidentCommand> = fc.oneof(
    fc.record({ do: fc.constantFrom('join' as const, 'leave' as const) }),
    fc.record({ do: fc.constant('hand-over' as const), to: fc.constantFrom(...people), note }),
    fc.record({ do: fc.constant('add-task' as const), text: fc.constant('x'), draft: fc.constant(null), path: fc.constant(null) }),
    fc.record({ do: fc.constantFrom('claim' as const, 'release' as const), task }),
    fc.record({ do: fc.constantFrom('finish' as const, 'drop' as const), task, note }),
    fc.record({ do: fc.constantFrom('reach' as const, 'give-up' as const), objective: fc.constantFrom('o1', 'o2', 'o3'), note }),
    fc.record({ do: fc.constantFrom('contain' as const, 'uncontain' as const), note }),
    fc.record({ do: fc.constant('say' as const), text: note }),
    fc.record({
      do: fc.constant('start-clocks' as const),
      obligation: fc.constantFrom(of('eu.gdpr'), of('eu.nis2')),
      moments: fc.constant({ aware: start }),
    }),
    fc.record({ do: fc.constant('meet' as const), clock, time: fc.constant(start), note }),
    fc.record({ do: fc.constant('waive' as const), clock, note }),
    fc.record({ do: fc.constant('keep' as const), clock, keeper: fc.constantFrom(...people) }),
    fc.record({ do: fc.constant('dismiss' as const), note }),
    fc.record({ do: fc.constant('lapse' as const) }),
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constant('close' as const), note: fc.constant('over'), of: fc.integer({ min: 1, max: 30 }) }),
    },
  );
  const clocksOf = ({ duties }: DeclaredIncident) => duties.flatMap(({ clocks }) => clocks);
  const towardsTheEnd = (incident: DeclaredIncident): readonly IncidentCommand[] => [
    { do: 'contain', note: '' },
    ...incident.objectives.map(({ id }) => ({ do: 'reach', objective: id, note: '' }) as const),
    ...incident.tasks.map(({ id }) => ({ do: 'finish', task: id, note: '' }) as const),
    ...clocksOf(incident).map(({ id }) => ({ do: 'keep', clock: id, keeper: 'alice' }) as const),
  ];
  const steps = fc.array(fc.tuple(fc.constantFrom(...people), command, fc.boolean()), { maxLength: 60 });

  test('there is one commander while it is open, a task has one claimer, and nothing that was taken is lost', () => {
    let closed = 0;
    fc.assert(
      fc.property(steps, (all) => {
        const { declared, step, is, events } = world();
        declared();
        const checked = (by: string, given: IncidentCommand): void => {
          const before = is();
          const outcome = step(by, given);
          const after = is();
          expect(typeof after.commander).toBe('string');
          expect(after.responders.filter(({ person }) => person === after.commander)).toMatchObject([{ leftAt: null }]);
          // A refusal changes nothing.
          expect(after.version).toBe(before.version + (outcome === 'done' ? 1 : 0));
          if (outcome !== 'done') expect(after).toBe(before);
          for (const task of before.tasks) {
            const now = after.tasks.find(({ id }) => id === task.id);
            expect(now).toBeDefined();
            // From one claimer to another there is no way but by letting it go.
            if (task.claimer !== null && now?.claimer !== null) expect(now?.claimer).toBe(task.claimer);
            if (task.state !== 'open') expect(now).toEqual(task);
          }
          for (const { id, met } of clocksOf(before)) {
            const now = clocksOf(after).find((one) => one.id === id);
            expect(now).toBeDefined();
            if (met !== null) expect(now?.met).toEqual(met);
          }
          if (after.state === 'closed' && before.state === 'open') {
            closed++;
            expect(by).toBe(before.commander);
            expect(closingConditions(before, quiet).every((one) => one.met)).toBe(true);
          }
          if (before.state === 'closed') expect(after.state).toBe('closed');
        };
        for (const [by, given, ends] of all) {
          // Random steps alone seldom lead to an end.
          if (given.do === 'close' && ends) for (const one of towardsTheEnd(is())) checked(is().commander ?? '', one);
          checked(by, given.do === 'close' ? { ...given, of: ends ? is().version : given.of } : given);
        }
        expect(hashOf(foldEvents('i', events))).toBe(hashOf(is()));
        expect(events.map(({ n }) => n)).toEqual(events.map((_, i) => i + 1));
        expect(events.map(({ at }) => at)).toEqual(events.map(({ at }) => at).toSorted((a, b) => a - b));
      }),
      { numRuns: 300 },
    );
    expect(closed).toBeGreaterThan(20);
  });

  test('what two persons say at once is there whoever was first', () => {
    const log: fc.Arbitrary<IncidentCommand> = fc.oneof(
      fc.record({ do: fc.constant('say' as const), text: fc.constantFrom('a', 'b') }),
      fc.record({
        do: fc.constant('add-task' as const),
        text: fc.constantFrom('a', 'b'),
        draft: fc.constant(null),
        path: fc.constant(null),
      }),
      fc.record({ do: fc.constant('aim' as const), text: fc.constantFrom('a', 'b') }),
    );
    const of_ = (order: readonly (readonly [string, IncidentCommand])[]) => {
      const { declared, step, is, events } = world();
      declared('alice');
      for (const [by, one] of order) if (one.do !== 'aim' || by === 'alice') expect(step(by, one)).toBe('done');
      return {
        said: events.flatMap((event) => ('text' in event ? [`${event.by} ${event.type} ${event.text}`] : [])).sort(),
        tasks: is()
          .tasks.map(({ text }) => text)
          .sort(),
        people: is()
          .responders.map(({ person }) => person)
          .sort(),
      };
    };
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom(...people), log), { maxLength: 12 }), fc.integer(), (all, seed) => {
        const shuffled = all.map((one, i) => ({ one, key: hashOf([seed, i]) })).sort((a, b) => (a.key < b.key ? -1 : 1));
        expect(of_(shuffled.map(({ one }) => one))).toEqual(of_(all));
      }),
    );
  });

  test('a clock that is behind does not turn the order around', () => {
    const { event } = takeCommand(
      null,
      { do: 'declare', title: 't', severity: 'High', incidents: [], commander: 'alice' },
      { by: 'alice', at: start, zones, going: quiet },
    ) as { event: IncidentEvent };
    const incident = applyEvent(null, 'i', event);
    const next = takeCommand(incident, { do: 'say', text: 'x' }, { by: 'bob', at: start - hour, zones, going: quiet });
    expect(next).toMatchObject({ event: { at: start } });
    expect(() => applyEvent(incident, 'i', event)).toThrow('does not follow');
  });
});
