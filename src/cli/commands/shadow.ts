import { listShadows, readShadow } from '../../app/arming/read-shadow.ts';
import { signShadow } from '../../app/arming/sign-shadow.ts';
import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { showTime } from '../show.ts';
import { table } from '../table.ts';

export interface ShadowOptions {
  readonly account?: string;
  readonly sign?: string;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function shadow(io: Io, wires: Wires, playbook: string | undefined, options: ShadowOptions): Promise<ExitCode> {
  const { account, sign } = options;
  const { colours, columns } = io.out;
  if (playbook === undefined) {
    const rows = await wires.withConsole(listShadows);
    if (options.format === 'json') await printJson(io, rows);
    else if (rows.length === 0) await io.err.write('no playbook would have done anything\n');
    else
      await io.out.write(
        table(
          [{ title: 'PLAYBOOK' }, { title: 'ACCOUNT' }, { title: 'WOULD HAVE ACTED' }],
          rows.map((row) => [{ text: printable(row.playbook) }, { text: printable(row.account) }, { text: String(row.actions) }]),
          columns,
          colours.dim,
        ),
      );
    return exitCodes.ok.code;
  }
  if (account === undefined) throw new InputError('say in which account: --account 111122223333, or --account "*" for all', playbook);
  const view = await wires.withConsole(async (deps) => {
    if (sign !== undefined) await signShadow(deps, options.as, playbook, account, sign);
    return readShadow(deps, playbook, account);
  });
  if (options.format === 'json') {
    await printJson(io, view);
    return exitCodes.ok.code;
  }
  if (view.would.length > 0)
    await io.out.write(
      table(
        [{ title: 'TIME' }, { title: 'ACCOUNT' }, { title: 'FINDING' }, { title: 'WOULD HAVE TOUCHED', flexible: true }],
        view.would.map((one) => [
          { text: showTime(one.at) },
          { text: printable(one.account) },
          { text: one.finding.slice(0, 8) },
          { text: printable(one.blastRadius) },
        ]),
        columns,
        colours.dim,
      ),
    );
  const says = [
    view.would.length === 0 ? 'it would have done nothing' : null,
    `list ${view.list}`,
    view.signature === null
      ? 'not signed; --sign with that hash signs it'
      : `signed by ${printable(view.signature.by)} at ${showTime(view.signature.at)}`,
    ...(view.missing.length === 0 ? ['may be armed'] : view.missing.map((one) => `not to be armed: ${printable(one)}`)),
  ];
  await io.out.flush();
  await io.err.write(`${says.filter((one) => one !== null).join('\n')}\n`);
  return exitCodes.ok.code;
}
