import { table } from '../../bench/print.ts';
import { kinds } from './fault.ts';
import type { DurableChaos } from './run-durable.ts';
import type { PlaybookChaos } from './run-playbook.ts';

/** So many violations of one scenario are told in full. */
const most = 5;

/** The report as text: a line for each scenario, sums, and what did not hold. */
export function chaosText(told: readonly PlaybookChaos[], seed: string, seconds: number): string {
  const rows = told.map(({ scenario, playbook, cases, deaths, repeats, ends, violations }) => [
    `${playbook}: ${scenario}`,
    ...[cases, deaths, repeats].map(String),
    ...states.map((state) => String(ends[state] ?? 0)),
    String(violations.length),
  ]);
  const sum = (of: (one: PlaybookChaos) => number) => told.reduce((total, one) => total + of(one), 0);
  const broken = told.filter(({ violations }) => violations.length > 0);
  return [
    table(['playbook: scenario', 'cases', 'deaths', 'repeats', ...states, 'violations'], rows),
    table(
      ['what went wrong', 'cases'],
      kinds.map((kind) => [words[kind], String(sum(({ byKind }) => byKind[kind] ?? 0))]),
    ),
    ...broken.flatMap(({ playbook, scenario, violations }) => [
      `${playbook}: ${scenario}`,
      ...violations.slice(0, most).map((one) => `  ${one.says}\n    ${JSON.stringify(one.case)}`),
      ...(violations.length > most ? [`  and ${violations.length - most} more`] : []),
      '',
    ]),
    `seed ${seed}: ${new Set(told.map(({ playbook }) => playbook)).size} playbooks, ${told.length} scenarios, ${sum(({ cases }) => cases)} cases, ` +
      `${sum(({ deaths }) => deaths)} deaths, ${sum(({ repeats }) => repeats)} changes made again with the same result, ` +
      `${sum(({ violations }) => violations.length)} violations, ${seconds.toFixed(0)} s`,
    '',
  ].join('\n');
}

/** The same of what ran on DBOS and PostgreSQL. */
export function durableText({ actions, stopped, planted, repeats, ends, violations }: DurableChaos): string {
  const ended = Object.entries(ends).map(([state, n]) => `${n} ${state}`);
  return [
    `on DBOS and PostgreSQL: ${actions} actions at once (${ended.join(', ')}), ${stopped} executors stopped under them, ${planted} answers lost or refused, ` +
      `${repeats} changes made again with the same result, ${violations.length} violations`,
    ...violations.slice(0, 20).map((says) => `  ${says}`),
    '',
  ].join('\n');
}

const states = ['verified', 'unverified', 'failed', 'refused'] as const;

const words: { readonly [kind in (typeof kinds)[number]]: string } = {
  throttled: 'AWS says slow down, once, as often as is borne, and once more',
  'lost-before': 'a 5xx before the call took effect',
  'lost-after': 'a 5xx after the call took effect: the answer is lost',
  denied: 'access denied',
  missing: 'whatever is asked for is not there any more',
  dies: 'the executor dies between an effect and its record',
  clock: 'the clock jumps back an hour, or forward a day',
  told: 'the notification is lost, then several workers start it at once',
};
