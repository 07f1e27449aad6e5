import { parseArgs } from 'node:util';
import { allScenarios } from '../../src/app/playbook-scenarios/all-scenarios-under-test.ts';
import { progressBar } from '../../src/cli/progress.ts';
import { InputError } from '../../src/core/model/errors.ts';
import { Dice } from '../../src/range/dice.ts';
import { chaosText, durableText } from './report.ts';
import { runDurable } from './run-durable.ts';
import { type PlaybookChaos, runPlaybook } from './run-playbook.ts';

/** `npm run chaos`; ../README.md says what is let go wrong and what must hold. */
const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    /** Only this playbook; may be given several times. */
    playbook: { type: 'string', multiple: true, default: [] },
    /** Cases of several faults at random, of each playbook. */
    rounds: { type: 'string', default: '20' },
    /** Without DBOS and PostgreSQL. */
    quick: { type: 'boolean', default: false },
  },
});

const rounds = Number(options.rounds);
if (!Number.isInteger(rounds) || rounds < 0) throw new InputError(`a whole number is wanted, and this is ${options.rounds}`, '--rounds');
const wanted = options.playbook;
const scenarios = allScenarios.filter(({ playbook }) => wanted.length === 0 || wanted.includes(playbook.id));
const unknown = wanted.filter((id) => !scenarios.some(({ playbook }) => playbook.id === id));
if (unknown.length > 0) throw new InputError(`no scenario is of ${unknown.join(', ')}`, '--playbook');

const began = performance.now();
const told: PlaybookChaos[] = [];
const { onProgress, stop } = await progressBar({ err: { isTerminal: process.stderr.isTTY === true } });
for (const [i, scenario] of scenarios.entries()) {
  onProgress({ done: i, total: scenarios.length, doing: scenario.playbook.id });
  told.push(await runPlaybook(scenario, { dice: new Dice(`chaos/${options.seed}/${scenario.name}`), rounds, everywhere: true }));
}
const durable = options.quick ? null : await runDurable(scenarios, new Dice(`chaos/${options.seed}/durable`), onProgress);
stop();
process.stdout.write(chaosText(told, options.seed, (performance.now() - began) / 1000));
if (durable !== null) process.stdout.write(durableText(durable));
process.exitCode = [...told.flatMap(({ violations }) => violations), ...(durable?.violations ?? [])].length > 0 ? 1 : 0;
