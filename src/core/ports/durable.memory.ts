import { InvariantError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { readOutcome, recordOutcome } from './durable.outcome.ts';
import type { Durable, DurableContext } from './durable.ts';
import type { Store } from './store.ts';

type Name = `${string}@${number}`;
type Body = (context: DurableContext, input: JsonObject) => Promise<void>;

interface Workflow {
  readonly name: Name;
  readonly input: JsonObject;
  readonly outcomes: Map<number, { readonly operation: string; readonly text: string }>;
  state: 'waiting' | 'done' | 'failed';
}

/** What outlives a worker: hand the same one to the next `memoryDurable`. */
export type MemoryDurableState = Map<string, Workflow>;

export interface MemoryDurable extends Durable {
  /**
   * The worker dies in its n-th operation from now (a step, transaction or sleep; 1 is the next): after the work, before
   * its outcome is recorded. Everything that runs stops where it is, and a new worker begins at once: the step is done
   * again, a transaction is not.
   */
  crashAfter(n: number): void;
  /** How often the worker has died. */
  deaths(): number;
  /** Resolves when nothing runs. */
  settled(): Promise<void>;
  stateOf(id: string): Workflow['state'] | 'unknown';
}

/**
 * `Durable` in memory, for tests of bodies: steps at least once, transactions exactly once, outcomes replayed after a
 * crash. `sleep` lets a test move its clock; without it a sleep takes no time. `onError` hears of bodies that threw.
 */
export function memoryDurable(deps: {
  readonly within: Store['within'];
  readonly state?: MemoryDurableState;
  readonly sleep?: (milliseconds: number) => Promise<void>;
  readonly onError?: (error: unknown, workflow: string) => void;
}): MemoryDurable {
  const state: MemoryDurableState = deps.state ?? new Map();
  const bodies = new Map<Name, Body>();
  const running = new Set<Promise<void>>();
  /** A number per life of the worker: whatever belongs to an earlier one parks. 0: not working. */
  let life = 0;
  let lives = 0;
  let untilCrash = Number.POSITIVE_INFINITY;
  let onIdle: (() => void)[] = [];

  const parked = (): Promise<never> => new Promise<never>(() => {});

  function contextOf(id: string, workflow: Workflow, mine: number): DurableContext {
    let count = 0;

    async function operation<T>(operation: string, atomic: boolean, work: (record: (text: string) => void) => Promise<string>): Promise<T> {
      const number = count++;
      if (mine !== life) return parked();
      const before = workflow.outcomes.get(number);
      if (before !== undefined) {
        if (before.operation !== operation) {
          throw new InvariantError(`workflow ${id} ran ${before.operation} as operation ${number} before, and now ${operation}`);
        }
        return readOutcome<T>(before.text);
      }
      const record = (text: string): void => {
        workflow.outcomes.set(number, { operation, text });
      };
      const text = await work(record);
      if (mine !== life) return parked();
      untilCrash--;
      if (untilCrash <= 0) {
        untilCrash = Number.POSITIVE_INFINITY;
        crash();
        return parked();
      }
      if (!atomic) record(text);
      return readOutcome<T>(text);
    }

    return {
      id,
      step: (name, work) => operation(`step ${name}`, false, () => recordOutcome(work)),
      transaction: (name, tenant, work) =>
        operation(`transaction ${name}`, true, async (record) => {
          const text = await recordOutcome(() => deps.within(tenant, work));
          record(text);
          return text;
        }),
      sleep: (milliseconds) =>
        operation('sleep', false, () => recordOutcome(async () => (deps.sleep === undefined ? undefined : deps.sleep(milliseconds)))),
    };
  }

  function run(id: string, workflow: Workflow): void {
    const body = bodies.get(workflow.name);
    if (body === undefined || workflow.state !== 'waiting') return;
    const mine = life;
    const work = Promise.resolve()
      .then(() => body(contextOf(id, workflow, mine), workflow.input))
      .then(
        () => {
          if (mine === life) workflow.state = 'done';
        },
        (error: unknown) => {
          if (mine !== life) return;
          workflow.state = 'failed';
          deps.onError?.(error, id);
        },
      )
      .finally(() => {
        running.delete(work);
        if (running.size === 0) idle();
      });
    running.add(work);
  }

  function idle(): void {
    const waiting = onIdle;
    onIdle = [];
    for (const wake of waiting) wake();
  }

  function begin(): void {
    life = ++lives;
    running.clear();
    for (const [id, workflow] of state) run(id, workflow);
    if (running.size === 0) idle();
  }

  const crash = begin;

  return {
    define(name, body) {
      if (life !== 0) throw new InvariantError(`workflow ${name} is defined after the launch`);
      if (bodies.has(name)) throw new InvariantError(`workflow ${name} is defined twice`);
      bodies.set(name, body as unknown as Body);
    },
    async launch() {
      if (life !== 0) throw new InvariantError('launched twice');
      begin();
    },
    async start(name, id, input) {
      if (life === 0) throw new InvariantError('a workflow starts after the launch');
      if (!bodies.has(name)) throw new InvariantError(`workflow ${name} is not defined`);
      const known = state.get(id);
      if (known !== undefined) {
        if (known.name !== name) throw new InvariantError(`workflow ${id} is a ${known.name} and cannot be started as ${name}`);
        return;
      }
      const workflow: Workflow = { name, input: JSON.parse(JSON.stringify(input)), outcomes: new Map(), state: 'waiting' };
      state.set(id, workflow);
      run(id, workflow);
    },
    async shutdown() {
      life = 0;
      running.clear();
      idle();
    },
    crashAfter(n) {
      untilCrash = n;
    },
    deaths: () => Math.max(0, lives - 1),
    settled() {
      return running.size === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve));
    },
    stateOf: (id) => state.get(id)?.state ?? 'unknown',
  };
}
