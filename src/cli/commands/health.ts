import { type Health, readHealth } from '../../app/on-call/read-health.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import type { HealthState } from '../../core/model/health.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showCount } from '../show.ts';
import { table } from '../table.ts';

export interface HealthOptions {
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

const mostReasons = 6;

export async function health(io: Io, wires: Wires, account: string | undefined, options: HealthOptions): Promise<ExitCode> {
  const found = await wires.withConsole((deps) => readHealth(deps, account ?? null));
  if (account !== undefined && found.accounts.length === 0) throw new InputError('nothing is known of this account', account);
  if (options.format === 'json') await printJson(io, found);
  else if (found.accounts.length > 0) await io.out.write(account === undefined ? allText(io, found) : oneText(io, found));
  await io.out.flush();
  const sum = (state: HealthState) => found.accounts.reduce((n, { counts }) => n + counts[state], 0);
  await io.err.write(
    `${plural(found.accounts.length, 'account')}: ${showCount(sum('working'))} working, ${showCount(sum('blind'))} blind, ${showCount(sum('disarmed'))} disarmed\n`,
  );
  return options.strict && sum('blind') + sum('disarmed') > 0 ? exitCodes.no.code : exitCodes.ok.code;
}

type Account = Health['accounts'][number];

/** An account a line, and below the reasons with how many pairs of source and playbook have each. */
function allText({ out: { colours, columns } }: Io, { accounts }: Health): string {
  return table(
    [
      { title: 'ACCOUNT' },
      { title: 'WORKING', align: 'right' },
      { title: 'BLIND', align: 'right' },
      { title: 'DISARMED', align: 'right' },
      { title: 'WHY', flexible: true },
    ],
    accounts.map(({ account, counts, playbooks }) => [
      { text: printable(account) },
      { text: showCount(counts.working), paint: colours.green },
      { text: showCount(counts.blind), ...(counts.blind > 0 ? { paint: colours.red } : {}) },
      { text: showCount(counts.disarmed), ...(counts.disarmed > 0 ? { paint: colours.yellow } : {}) },
      { text: reasonsOf(playbooks) },
    ]),
    columns,
    colours.dim,
  );
}

function reasonsOf(playbooks: Account['playbooks']): string {
  const groups = [
    ...Map.groupBy(
      playbooks.filter(({ reason }) => reason !== ''),
      ({ reason }) => reason,
    ),
  ].sort(([a, x], [b, y]) => y.length - x.length || (a < b ? -1 : 1));
  const told = groups.slice(0, mostReasons).map(([reason, all]) => {
    const logs = [
      ...new Set(all.flatMap(({ source, state }) => (state === 'blind' && source !== 'settings' ? [source.replace('aws.', '')] : []))),
    ];
    return `${printable(reason)}${logs.length === 0 ? '' : `: ${logs.join(', ')}`} (${showCount(all.length)})`;
  });
  return groups.length > mostReasons ? `${told.join('; ')}; and ${groups.length - mostReasons} more reasons` : told.join('; ');
}

/** One account: its sources, then each source with its playbooks. */
function oneText({ out: { colours, columns } }: Io, { accounts: [account] }: Health): string {
  if (account === undefined) return '';
  const paint = (state: HealthState) => (state === 'working' ? colours.green : state === 'blind' ? colours.red : colours.yellow);
  const rows = account.sources.flatMap(({ source, state, reason }) => {
    const own = account.playbooks.filter((one) => one.source === source && one.playbook !== null);
    const line = (of: string | null, as: HealthState, why: string) => [
      { text: of === null ? source : '' },
      { text: of ?? '' },
      { text: as, paint: paint(as) },
      { text: printable(why) },
    ];
    return [
      line(null, state, reason),
      ...own.map((playbook) => line(playbook.playbook, playbook.state, playbook.state === 'blind' ? '' : playbook.reason)),
    ];
  });
  return table(
    [{ title: 'SOURCE' }, { title: 'PLAYBOOK' }, { title: 'STATE' }, { title: 'WHY', flexible: true }],
    rows,
    columns,
    colours.dim,
  );
}
