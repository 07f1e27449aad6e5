import { listArmed, setArmed } from '../../app/console/armed.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { showTime } from '../show.ts';
import { table } from '../table.ts';

export interface ArmOptions {
  readonly account?: string;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function arm(io: Io, wires: Wires, playbook: string | undefined, on: boolean, options: ArmOptions): Promise<ExitCode> {
  const { account } = options;
  if (playbook === undefined) return list(io, wires, options.format);
  if (account === undefined) throw new InputError('say in which account: --account 111122223333, or --account "*" for all', playbook);
  const known = await wires.withConsole(async (deps) => {
    if (!deps.playbooks.some(({ id }) => id === playbook)) {
      throw new InputError(
        `there is no such playbook; there are ${deps.playbooks
          .map(({ id }) => id)
          .sort()
          .join(', ')}`,
        playbook,
      );
    }
    await setArmed(deps, options.as, playbook, account, on);
    return (await listArmed(deps)).find((row) => row.playbook === playbook && row.account === account);
  });
  if (options.format === 'json') await printJson(io, known ?? null);
  await io.out.flush();
  const where = account === '*' ? 'all accounts' : `account ${account}`;
  await io.err.write(
    `${printable(playbook)} is ${on ? 'armed: it may act' : 'disarmed: it only says what it would do'} in ${printable(where)}\n`,
  );
  return exitCodes.ok.code;
}

async function list(io: Io, wires: Wires, format: PlainFormat): Promise<ExitCode> {
  const { armed, playbooks } = await wires.withConsole(async (deps) => ({
    armed: await listArmed(deps),
    playbooks: deps.playbooks.map(({ id, title, approval }) => ({ id, title, approval })),
  }));
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, { armed, playbooks });
  else {
    await io.out.write(
      table(
        [{ title: 'PLAYBOOK' }, { title: 'ARMED IN' }, { title: 'SIGNED BY' }, { title: 'SINCE' }, { title: 'WHAT', flexible: true }],
        playbooks.flatMap(({ id, title }) => {
          const what = { text: printable(title) };
          const rows = bySigner(armed.filter((row) => row.playbook === id && row.armed));
          if (rows.length === 0)
            return [[{ text: printable(id) }, { text: 'dry run', paint: colours.dim }, { text: '' }, { text: '' }, what]];
          return rows.map(({ accounts, signedBy, at }) => [
            { text: printable(id) },
            { text: printable(accounts), paint: colours.yellow },
            { text: printable(signedBy) },
            { text: showTime(at) },
            what,
          ]);
        }),
        columns,
        colours.dim,
      ),
    );
  }
  return exitCodes.ok.code;
}

/** One row for each signature: an organisation has many accounts, and one person signs for many at once. */
function bySigner(rows: Awaited<ReturnType<typeof listArmed>>) {
  const groups = new Map<string, { readonly accounts: string[]; readonly signedBy: string; readonly at: number }>();
  for (const { account, signedBy, at } of rows) {
    const group = groups.get(signedBy) ?? { accounts: [], signedBy, at };
    group.accounts.push(account === '*' ? 'all accounts' : account);
    groups.set(signedBy, group);
  }
  return [...groups.values()].map(({ accounts, signedBy, at }) => ({
    accounts: accounts.length <= 3 ? accounts.join(', ') : `${accounts.slice(0, 2).join(', ')} and ${accounts.length - 2} more`,
    signedBy,
    at,
  }));
}
