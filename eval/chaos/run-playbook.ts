import type { Scenario } from '../../src/app/playbook-scenarios/scenario-under-test.ts';
import { attacked } from '../../src/app/playbook-scenarios/world-under-test.ts';
import type { Dice } from '../../src/range/dice.ts';
import { anyFaults, type Case, type Fault, faultsAt, type Kind } from './fault.ts';
import { actBeyondCap, decideInTrouble } from './run-around.ts';
import { type Calm, calmly, type Outcome, runCase } from './run-case.ts';

/** What came of one playbook's scenario. */
export interface PlaybookChaos {
  readonly scenario: string;
  readonly playbook: string;
  readonly cases: number;
  /** Cases by what went wrong in them; a case of several counts for each. */
  readonly byKind: { readonly [kind in Kind]?: number };
  readonly deaths: number;
  /** Changes that were made again and set the same. */
  readonly repeats: number;
  readonly ends: { readonly [state: string]: number };
  readonly violations: readonly { readonly case: Case | null; readonly says: string }[];
}

export interface ChaosOptions {
  readonly dice: Dice;
  /** Cases of one or two faults at random in each phase. */
  readonly rounds: number;
  /** Each kind of fault at each call, and a death in each operation. Without it only the rounds. */
  readonly everywhere: boolean;
}

/** Lets things go wrong in one playbook's scenario. */
export async function runPlaybook(scenario: Scenario, { dice, rounds, everywhere }: ChaosOptions): Promise<PlaybookChaos> {
  const after = attacked(scenario);
  const calm = await calmly(after);
  const sum = new Sum(scenario);
  if (everywhere) {
    for (const fault of faultsAt(calm.doing.calls)) await sum.run(calm, { doing: [fault], undoing: [] });
    await dieEverywhere(sum, calm, (fault) => ({ doing: [fault], undoing: [] }));
    if (calm.left !== null) {
      for (const fault of faultsAt(calm.undoing.calls)) await sum.run(calm, { doing: [], undoing: [fault] });
      await dieEverywhere(sum, calm, (fault) => ({ doing: [], undoing: [fault] }));
    }
  }
  for (let round = 0; round < rounds; round++) {
    const doing = anyFaults(dice, calm.doing.calls);
    await sum.run(calm, { doing, undoing: calm.left === null ? [] : anyFaults(dice, calm.undoing.calls) });
  }
  for (const says of [...(await decideInTrouble(after, dice)), ...(await actBeyondCap(after, dice))]) sum.around(says);
  return sum.told();
}

/** Until no death comes any more: then the workflow has no more operations. */
async function dieEverywhere(sum: Sum, calm: Calm, caseOf: (fault: Fault) => Case): Promise<void> {
  for (let operation = 1; ; operation++) {
    const { deaths } = await sum.run(calm, caseOf({ kind: 'dies', operation }));
    if (deaths === 0) return;
  }
}

class Sum {
  readonly #scenario: Scenario;
  readonly #byKind = new Map<Kind, number>();
  readonly #ends = new Map<string, number>();
  readonly #violations: { readonly case: Case | null; readonly says: string }[] = [];
  #cases = 0;
  #deaths = 0;
  #repeats = 0;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  async run(calm: Calm, one: Case): Promise<Outcome> {
    const outcome = await runCase(calm, one);
    this.#cases++;
    this.#deaths += outcome.deaths;
    this.#repeats += outcome.repeats;
    this.#ends.set(outcome.end, (this.#ends.get(outcome.end) ?? 0) + 1);
    for (const kind of new Set([...one.doing, ...one.undoing].map((fault) => fault.kind)))
      this.#byKind.set(kind, (this.#byKind.get(kind) ?? 0) + 1);
    for (const says of outcome.violations) this.#violations.push({ case: one, says });
    return outcome;
  }

  /** A violation of what is around carrying out. */
  around(says: string): void {
    this.#violations.push({ case: null, says });
  }

  told(): PlaybookChaos {
    return {
      scenario: this.#scenario.name,
      playbook: this.#scenario.playbook.id,
      cases: this.#cases,
      byKind: Object.fromEntries(this.#byKind),
      deaths: this.#deaths,
      repeats: this.#repeats,
      ends: Object.fromEntries(this.#ends),
      violations: this.#violations,
    };
  }
}
