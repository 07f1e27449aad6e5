import type { LoadedSource } from '../../app/loaded-list.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { asideLines } from '../print-lists.ts';
import { printable } from '../printable.ts';
import { plural, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface ListsOptions {
  readonly refresh?: boolean;
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

export async function lists(io: Io, wires: Wires, options: ListsOptions): Promise<ExitCode> {
  const all = await wires.lists({ refresh: options.refresh === true });
  const { colours, columns } = io.out;
  if (options.format === 'json')
    await printJson(
      io,
      all.map(({ name, entries, sources }) => ({ name, entries: entries.length, sources })),
    );
  else
    await io.out.write(
      table(
        [
          { title: 'LIST' },
          { title: 'ENTRIES', align: 'right' },
          { title: 'SET ASIDE', align: 'right' },
          { title: 'LAST HAD' },
          { title: 'SOURCE', flexible: true },
        ],
        all.flatMap(({ name, sources }) =>
          sources.map((source) => [
            { text: printable(name) },
            { text: showCount(source.entries) },
            { text: showCount(source.aside.reduce((sum, { n }) => sum + n, 0)) },
            {
              text: `${source.checkedAt === null ? '-' : showTime(source.checkedAt)}${source.stale ? ' stale' : ''}`,
              ...(source.stale ? { paint: colours.red } : {}),
            },
            { text: printable(source.at) },
          ]),
        ),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  const sources = all.flatMap((list) => list.sources);
  const wrong = sources.filter(isWrong).length;
  const tail = options.format === 'json' ? [] : asideLines(io, all);
  await io.err.write(
    [...tail, `${plural(all.length, 'list')}, ${plural(sources.length, 'source')}, ${showCount(wrong)} stale or in trouble`]
      .map((line) => `${line}\n`)
      .join(''),
  );
  return options.strict && wrong > 0 ? exitCodes.no.code : exitCodes.ok.code;
}

function isWrong({ stale, trouble }: LoadedSource): boolean {
  return stale || trouble !== null;
}
