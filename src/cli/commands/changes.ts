import { openChanges } from '../../app/triage/propose-change.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { showTime } from '../show.ts';
import { table } from '../table.ts';

export async function changes(io: Io, wires: Wires, options: { readonly format: PlainFormat }): Promise<ExitCode> {
  const open = await wires.withConsole(({ store, tenant }) => store.within(tenant, openChanges));
  const { colours, columns } = io.out;
  if (options.format === 'json') await printJson(io, open);
  else if (open.length > 0)
    await io.out.write(
      table(
        [{ title: 'SINCE' }, { title: 'ACCOUNT' }, { title: 'OWNER' }, { title: 'FINDING' }, { title: 'WHAT', flexible: true }],
        open.map(({ at, account, owner, finding, says }) => [
          { text: showTime(at) },
          { text: printable(account) },
          { text: owner === null ? '-' : printable(owner) },
          { text: finding.slice(0, 8) },
          { text: printable(says) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  if (open.length === 0 && options.format !== 'json') await io.err.write('nothing that was mended has come back\n');
  return exitCodes.ok.code;
}
