import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { timeZones as zones } from '../../../app/generated/time-zones.ts';
import type { OnCall } from '../../model/on-call.ts';
import type { Grave, Page, PageEvent } from '../../model/page.ts';
import { type Attack, graveOf } from './grave-of.ts';
import { type Call, pageAt } from './page-at.ts';
import { quietUntil } from './quiet-until.ts';
import { type Put, routeJudgement } from './route-judgement.ts';
import { shiftAt } from './shift-at.ts';

const minute = 60_000;
const hour = 60 * minute;
const utc = (text: string) => Date.parse(`${text}Z`);
const settings: OnCall = {
  format: 'jobzero.on-call/1',
  zone: 'Europe/Berlin',
  rotations: [
    {
      name: 'week',
      zone: 'Europe/Berlin',
      start: utc('2026-01-05T09:00'),
      end: null,
      turnMs: 7 * 24 * hour,
      people: ['alice', 'bob'],
      hours: null,
    },
  ],
  overrides: [],
  backup: ['carol', 'dora'],
  everyone: ['alice', 'bob', 'carol', 'dora', 'erin'],
  patience: { engineerMs: 5 * minute, backupMs: 5 * minute },
  quiet: [{ from: 22 * 60, until: 7 * 60, days: null }],
  shiftStart: 8 * 60,
  budget: 2,
  channels: null,
};
const all = new Set(settings.everyone);
const noon = utc('2026-01-06T11:00');
const night = utc('2026-01-06T02:00');
const raised = (at: number, grave: Grave | null = null): PageEvent => ({ type: 'raised', at, grave });
const ack = (at: number, by: string): PageEvent => ({ type: 'acknowledged', at, by });
const at = (events: readonly PageEvent[], now: number, reached: ReadonlySet<string> = all, first: Page['first'] = 'engineer') =>
  pageAt(settings, zones, { events, first }, reached, now);
const stages = (calls: readonly Call[]) => calls.map(({ stage, at: when, persons }) => [stage, when, persons]);

describe('a page', () => {
  test('goes to the engineer, after five minutes to the backup team, after five more to everyone', () => {
    const { calls, next, state } = at([raised(noon)], noon + 10 * minute);
    expect(stages(calls)).toEqual([
      ['engineer', noon, ['alice']],
      ['backup', noon + 5 * minute, ['carol', 'dora']],
      ['everyone', noon + 10 * minute, settings.everyone],
    ]);
    expect(state).toBe('calling');
    expect(next).toBe(utc('2026-01-06T19:00'));
    expect(at([raised(noon)], noon + 5 * minute - 1)).toMatchObject({ next: noon + 5 * minute, calls: [{ stage: 'engineer' }] });
  });

  test('goes to whom comes on duty while nobody takes it, after the quiet hours', () => {
    const { calls } = at([raised(noon)], utc('2026-01-13T08:00'));
    expect(stages(calls).slice(3, 5)).toEqual([
      ['again', utc('2026-01-06T19:00'), ['alice']],
      ['again', utc('2026-01-07T07:00'), ['alice']],
    ]);
    expect(stages(calls).at(-1)).toEqual(['again', utc('2026-01-13T07:00'), ['bob']]);
    expect(at([raised(noon)], noon + 900 * 24 * hour).next).toBeNull();
  });

  test('stops where somebody takes it, who answers first', () => {
    const taken = at([raised(noon), ack(noon + 7 * minute, 'carol'), ack(noon + 6 * minute, 'dora')], noon + hour);
    expect(stages(taken.calls).map(([stage]) => stage)).toEqual(['engineer', 'backup']);
    expect(taken).toMatchObject({ state: 'acknowledged', acknowledged: { by: 'dora' }, next: null });
  });

  test('of the night waits for the morning, unless data is lost or it becomes so', () => {
    expect(at([raised(night)], night + hour)).toMatchObject({ state: 'quiet', calls: [], next: utc('2026-01-06T06:00') });
    expect(at([raised(night)], utc('2026-01-06T06:00')).calls).toMatchObject([{ stage: 'engineer' }]);
    expect(at([raised(night, 'data-loss')], night).calls).toMatchObject([{ at: night }]);
    const worse: PageEvent = { type: 'worse', at: night + 10, grave: 'active-intruder' };
    expect(at([raised(night), worse], night + 10)).toMatchObject({ state: 'calling', calls: [{ at: night + 10 }] });
  });

  test('that the person on call is reached by nothing wakes one, and the others in the morning', () => {
    const others = new Set(['carol', 'erin']);
    const { calls } = at([raised(night, 'unreachable')], utc('2026-01-06T07:00'), others);
    expect(stages(calls)).toEqual([
      ['backup', night, ['carol']],
      ['everyone', utc('2026-01-06T06:00'), ['carol', 'erin']],
    ]);
    // By day it is as any other page.
    expect(stages(at([raised(noon, 'unreachable')], noon + 5 * minute, others).calls)).toEqual([
      ['backup', noon, ['carol']],
      ['everyone', noon + 5 * minute, ['carol', 'erin']],
    ]);
    // An attack beside it is told to all.
    const worse: PageEvent = { type: 'worse', at: night + 1, grave: 'active-intruder' };
    expect(at([raised(night, 'unreachable'), worse], night + hour, others).calls).toHaveLength(2);
  });

  test('that has more to ask calls again, whatever was said before', () => {
    const again = at([raised(noon), ack(noon + minute, 'alice'), raised(noon + hour)], noon + hour);
    expect(again).toMatchObject({ state: 'calling', since: noon + hour, calls: [{ stage: 'engineer', at: noon + hour }] });
  });

  test('does not wait for whom no channel reaches; where nobody is reached, for all whom channels reach', () => {
    expect(stages(at([raised(noon)], noon, new Set(['dora', 'erin'])).calls)).toEqual([['backup', noon, ['dora']]]);
    expect(stages(at([raised(noon)], noon, new Set()).calls)).toEqual([['everyone', noon, null]]);
  });

  test('beyond the budget begins with the backup team', () => {
    expect(stages(at([raised(noon)], noon + 5 * minute, all, 'backup').calls).map(([stage]) => stage)).toEqual(['backup', 'everyone']);
  });

  test('without settings is everybody’s at once, at night too', () => {
    expect(pageAt(null, zones, { events: [raised(night)], first: 'engineer' }, new Set(), night + hour)).toMatchObject({
      state: 'calling',
      calls: [{ stage: 'everyone', at: night, persons: null }],
      next: null,
    });
  });
});

describe('laws of pages', () => {
  const someone = fc.constantFrom(...settings.everyone);
  const start = fc.integer({ min: utc('2026-03-28T00:00') / minute, max: utc('2026-03-31T00:00') / minute }).map((n) => n * minute);
  const later = fc.nat(72 * 60).map((n) => n * minute);
  const event = (from: number): fc.Arbitrary<PageEvent> =>
    fc.oneof(
      fc.record({
        type: fc.constant('raised' as const),
        at: later.map((ms) => from + ms),
        grave: fc.constantFrom(null, 'data-loss' as const),
      }),
      fc.record({ type: fc.constant('worse' as const), at: later.map((ms) => from + ms), grave: fc.constant('active-intruder' as const) }),
      fc.record({ type: fc.constant('acknowledged' as const), at: later.map((ms) => from + ms - hour), by: someone }),
    );
  const page = start.chain((from) =>
    fc.record({
      events: fc
        .tuple(fc.constantFrom(null, 'data-loss' as const), fc.array(event(from), { maxLength: 6 }))
        .map(([grave, more]): readonly PageEvent[] => [{ type: 'raised', at: from, grave }, ...more]),
      first: fc.constantFrom('engineer' as const, 'backup' as const),
      reached: fc.subarray([...settings.everyone]).map((list) => new Set<string>(list)),
      given: fc.constantFrom(settings, { ...settings, backup: [] }, { ...settings, quiet: [] }, null),
    }),
  );
  const ranks = { engineer: 0, backup: 1, everyone: 2, again: 3 } as const;

  test('the order of events is of no account', () => {
    fc.assert(
      fc.property(page, fc.infiniteStream(fc.nat()), later, ({ events, first, reached, given }, order, more) => {
        const shuffled = events
          .map((one) => ({ one, key: order.next().value ?? 0 }))
          .sort((a, b) => a.key - b.key)
          .map(({ one }) => one);
        const now = Math.max(...events.map((one) => one.at)) + more;
        expect(pageAt(given, zones, { events: shuffled, first }, reached, now)).toEqual(
          pageAt(given, zones, { events, first }, reached, now),
        );
      }),
    );
  });

  test('it escalates only: what was called stays called, and stages come in their order', () => {
    fc.assert(
      fc.property(page, later, later, ({ events, first, reached, given }, a, b) => {
        const last = Math.max(...events.map((one) => one.at));
        const before = pageAt(given, zones, { events, first }, reached, last + Math.min(a, b)).calls;
        const after = pageAt(given, zones, { events, first }, reached, last + Math.max(a, b)).calls;
        expect(after.slice(0, before.length)).toEqual(before);
        for (const [i, call] of after.entries()) {
          const previous = after[i - 1];
          if (previous === undefined) continue;
          expect(ranks[call.stage]).toBeGreaterThanOrEqual(ranks[previous.stage]);
          expect(call.at).toBeGreaterThanOrEqual(previous.at);
        }
      }),
    );
  });

  test('no page is lost: unless somebody has taken it since it was raised last, everyone is told ten minutes after it begins, of what is not grave when the night is over', () => {
    fc.assert(
      fc.property(page, ({ events, first, reached, given }) => {
        const now = Math.max(...events.map((one) => one.at)) + 5 * 24 * hour;
        const { calls, state, begins, since } = pageAt(given, zones, { events, first }, reached, now);
        const taken = events.some((one) => one.type === 'acknowledged' && one.at > since);
        expect(state).toBe(taken ? 'acknowledged' : 'calling');
        expect(begins - since).toBeLessThanOrEqual(4 * 24 * hour);
        if (taken) return;
        const breaks = events.some(
          (one) => one.at >= since && (one.type === 'raised' || one.type === 'worse') && one.grave !== null && one.grave !== 'unreachable',
        );
        const waits = (when: number) => (given === null || breaks ? when : quietUntil(given, zones, when));
        const last = waits(waits(begins + 5 * minute) + 5 * minute);
        const called = new Set(calls.filter(({ at: when }) => when <= last).flatMap(({ persons }) => persons ?? ['anybody']));
        const wanted = given === null || reached.size === 0 ? ['anybody'] : [...reached];
        for (const person of wanted) expect(called).toContain(person);
        expect(calls[0]?.at).toBe(begins);
      }),
    );
  });

  test('in quiet hours there is one call at most about what is only a fault', () => {
    const grave = fc.constantFrom(null, 'unreachable' as const);
    fc.assert(
      fc.property(
        start,
        grave,
        fc.array(fc.tuple(later, grave), { maxLength: 3 }),
        fc.subarray([...settings.everyone]),
        (from, first, more, list) => {
          const events = [
            raised(from, first),
            ...more.flatMap(([ms, worse]): PageEvent[] => (worse === null ? [] : [{ type: 'worse', at: from + ms, grave: worse }])),
          ];
          const { calls } = at(events, from + 5 * 24 * hour, new Set(list));
          const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: settings.zone, timeStyle: 'short' });
          const quiet = calls.filter(({ at: when }) => clock.format(when) < '07:00' || clock.format(when) >= '22:00');
          expect(quiet.length).toBeLessThanOrEqual(
            events.some((one) => one.type !== 'acknowledged' && one.type !== 'closed' && one.grave !== null) ? 1 : 0,
          );
        },
      ),
    );
  });

  test('quiet hours are broken by nothing that is not grave', () => {
    fc.assert(
      fc.property(page, ({ events, first, reached }) => {
        const now = Math.max(...events.map((one) => one.at)) + 5 * 24 * hour;
        const { calls, since } = pageAt(settings, zones, { events, first }, reached, now);
        const grave = events.some((one) => one.at >= since && (one.type === 'raised' || one.type === 'worse') && one.grave !== null);
        if (grave) return;
        const [call] = calls;
        const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: settings.zone, timeStyle: 'short' });
        if (call !== undefined) expect(clock.format(call.at) >= '07:00' && clock.format(call.at) < '22:00').toBe(true);
      }),
    );
  });
});

describe('the load budget', () => {
  test('two judgements a shift are the engineer’s, the third is the backup team’s and a defect; a new shift begins anew', () => {
    const put: Put[] = [];
    const to = (when: number, suspended = false) => {
      const routed = routeJudgement(settings, zones, when, put, suspended);
      put.push(routed);
      return [routed.to, routed.nth, routed.defect];
    };
    expect(to(noon)).toEqual(['engineer', 1, false]);
    expect(to(noon + 1, true)).toEqual(['engineer', 0, false]);
    expect(to(noon + 2)).toEqual(['engineer', 2, false]);
    expect(to(noon + 3)).toEqual(['backup', 3, true]);
    expect(to(noon + 4, true)).toEqual(['engineer', 0, false]);
    expect(to(utc('2026-01-06T19:00'))).toEqual(['engineer', 1, false]);
  });

  test('the engineer never gets more than the budget in a shift, apart from incidents, and whatever is beyond it is a defect', () => {
    const asks = fc.array(
      fc.record({ at: fc.nat(5 * 24 * 60).map((n) => utc('2026-10-23T00:00') + n * minute), suspended: fc.boolean() }),
      {
        maxLength: 60,
      },
    );
    fc.assert(
      fc.property(asks, fc.nat(3), (list, budget) => {
        const put: ReturnType<typeof routeJudgement>[] = [];
        for (const { at: when, suspended } of list.toSorted((a, b) => a.at - b.at))
          put.push(routeJudgement({ ...settings, budget }, zones, when, put, suspended));
        for (const group of Map.groupBy(put, ({ at: when }) => shiftAt(settings, zones, when).from).values()) {
          const counted = group.filter(({ apart }) => !apart);
          expect(counted.filter(({ to }) => to === 'engineer').length).toBe(Math.min(budget, counted.length));
          expect(counted.filter(({ defect }) => defect).length).toBe(Math.max(0, counted.length - budget));
        }
      }),
    );
  });
});

describe('what breaks quiet hours', () => {
  const now = noon;
  const high = { severity: 'High', tactics: ['persistence'], open: true } as const;
  const odd: Attack = { pages: true, severity: 'High', sequences: [], tactics: ['persistence'], findings: [high], lastTime: now - minute };
  test.each<[string, Partial<Attack>, ReturnType<typeof graveOf>]>([
    ['one odd call does not', {}, null],
    ['a story', { sequences: ['aws.s'] }, 'active-intruder'],
    ['three tactics', { tactics: ['persistence', 'stealth', 'discovery'] }, 'active-intruder'],
    ['a critical incident', { severity: 'Critical' }, 'active-intruder'],
    ['one that is contained does not', { severity: 'Critical', findings: [{ ...high, open: false }] }, null],
    ['of weak signals, while one is open', { sequences: ['aws.s'], findings: [{ ...high, severity: 'Low' }] }, 'active-intruder'],
    ['one that does not page does not', { pages: false, sequences: ['aws.s'] }, null],
    ['data that leaves', { findings: [{ ...high, tactics: ['exfiltration'] }] }, 'data-loss'],
    ['data that is lost, contained or not', { findings: [{ ...high, tactics: ['impact'], open: false }] }, 'data-loss'],
    ['a weak hint of it does not', { findings: [{ ...high, severity: 'Medium', tactics: ['impact'] }] }, null],
    ['what was yesterday does not', { severity: 'Critical', lastTime: now - 13 * hour }, null],
  ])('%s', (_, change, grave) => {
    expect(graveOf({ ...odd, ...change }, now)).toBe(grave);
  });
});
