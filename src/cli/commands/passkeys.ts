import { listPasskeys } from '../../app/passkeys/list-passkeys.ts';
import { removePasskey } from '../../app/passkeys/register-passkey.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { pickById } from '../pick-by-id.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, shortId, showTime } from '../show.ts';
import { table } from '../table.ts';

/** Whose passkeys there are. */
export async function passkeys(io: Io, wires: Wires, { format }: { readonly format: PlainFormat }): Promise<ExitCode> {
  const all = await wires.withConsole((deps) => listPasskeys(deps));
  const { colours, columns } = io.out;
  if (format === 'json') await printJson(io, all);
  else
    await io.out.write(
      table(
        [
          { title: 'ID' },
          { title: 'WHO' },
          { title: 'FOR' },
          { title: 'REGISTERED' },
          { title: 'USED' },
          { title: 'NAME', flexible: true },
        ],
        all.map(({ id, who, site, registeredAt, usedAt, name }) => [
          { text: shortId(id) },
          { text: printable(who) },
          { text: printable(site) },
          { text: showTime(registeredAt) },
          { text: usedAt === null ? '-' : showTime(usedAt) },
          { text: printable(name) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  await io.err.write(`${plural(all.length, 'passkey')}\n`);
  return exitCodes.ok.code;
}

/** For who has lost all of theirs; the console wants one of them. */
export async function remove(
  io: Io,
  wires: Wires,
  typed: string,
  { as, format }: { readonly as: string; readonly format: PlainFormat },
): Promise<ExitCode> {
  const { one, isRemoved } = await wires.withConsole(async (deps) => {
    const one = pickById(await listPasskeys(deps), ({ id }) => id, typed, 'passkey');
    return { one, isRemoved: await removePasskey(deps, one.id, null, as) };
  });
  if (format === 'json') await printJson(io, { id: one.id, isRemoved });
  await io.out.flush();
  await io.err.write(isRemoved ? `removed: ${printable(one.who)}, ${printable(one.name)}\n` : 'it is removed already\n');
  return isRemoved ? exitCodes.ok.code : exitCodes.no.code;
}
