import { listClosing, setClosing } from '../../app/console/closing.ts';
import { type CoverageRow, sourceCoverage } from '../../app/source-coverage.ts';
import type { Wires } from '../../app/wires.ts';
import { findingSourceFacts } from '../../core/model/finding-source.ts';
import { findingSources } from '../../core/model/imported.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, shortId, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface CoverageOptions {
  readonly format: PlainFormat;
}

export async function coverage(io: Io, wires: Wires, options: CoverageOptions): Promise<ExitCode> {
  const { rows, closing } = await wires.withConsole(async (deps) => ({
    rows: await sourceCoverage(deps),
    closing: await listClosing(deps),
  }));
  const { colours, columns } = io.out;
  if (options.format === 'json') await printJson(io, { rows, closing });
  else {
    await io.out.write(
      table(
        [
          { title: 'ACCOUNT' },
          { title: 'SERVICE' },
          { title: 'SAW', align: 'right' },
          { title: 'ONLY IT', align: 'right' },
          { title: 'BOTH', align: 'right' },
          { title: 'ONLY WE', align: 'right' },
          { title: 'CLOSED BACK' },
          { title: 'READ' },
          { title: 'NOT READ', flexible: true },
        ],
        rows.map((row) => [
          { text: printable(row.account) },
          { text: findingSources[row.source] },
          { text: showCount(row.seen) },
          { text: showCount(row.onlyTheirs), ...(row.onlyTheirs > 0 ? { paint: colours.yellow } : {}) },
          { text: showCount(row.both) },
          { text: showCount(row.onlyOurs) },
          { text: closing.some(({ account, on }) => on && account === row.account) ? 'yes' : 'no' },
          { text: row.readAt === null ? '-' : showTime(row.readAt) },
          { text: printable(row.unread.join(' ')) },
        ]),
        columns,
        colours.dim,
      ),
    );
    const unseen = rows.flatMap((row) => row.onlyTheirTypes.map((one) => ({ row, one })));
    if (unseen.length > 0) {
      await io.out.write('\n');
      await io.out.write(
        table(
          [
            { title: 'ACCOUNT' },
            { title: 'SERVICE' },
            { title: 'WHAT ONLY IT SAW', flexible: true },
            { title: 'FINDINGS', align: 'right' },
            { title: 'FOR EXAMPLE' },
          ],
          unseen.map(({ row, one }) => [
            { text: printable(row.account) },
            { text: findingSources[row.source] },
            { text: printable(one.type) },
            { text: showCount(one.n) },
            { text: shortId(one.example) },
          ]),
          columns,
          colours.dim,
        ),
      );
    }
    for (const line of notClosed(rows, closing)) await io.out.write(`${colours.dim('not closed back')} ${line}\n`);
  }
  await io.out.flush();
  const sum = (of: (row: CoverageRow) => number) => rows.reduce((total, row) => total + of(row), 0);
  await io.err.write(
    `${plural(
      sum(({ seen }) => seen),
      'finding',
    )} of AWS's own services: ${showCount(sum(({ onlyTheirs }) => onlyTheirs))} only they saw, ` +
      `${showCount(sum(({ both }) => both))} we saw too; ${showCount(sum(({ onlyOurs }) => onlyOurs))} only we saw\n`,
  );
  return exitCodes.ok.code;
}

/** Where nothing can be closed back, once for each service, with the reason. */
function notClosed(rows: readonly CoverageRow[], closing: Awaited<ReturnType<typeof listClosing>>): readonly string[] {
  if (!closing.some(({ on }) => on)) return [];
  const shown = new Set(rows.map(({ source }) => source));
  return findingSourceFacts.flatMap(({ id, noClosing }) =>
    noClosing === undefined || !shown.has(id) ? [] : [`${findingSources[id]}: ${noClosing}`],
  );
}

export interface ReadOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly regions?: readonly string[];
  readonly from?: number;
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

export async function readCoverage(io: Io, wires: Wires, options: ReadOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  const all = await wires
    .readSources({
      profile: options.profile ?? null,
      endpointUrl: options.endpointUrl ?? null,
      regions: options.regions ?? null,
      since: options.from ?? null,
      onProgress: bar.onProgress,
    })
    .finally(() => bar.stop());
  if (options.format === 'json') await printJson(io, all);
  await io.out.flush();
  const sum = (of: (read: (typeof all)[number]) => number) => all.reduce((total, read) => total + of(read), 0);
  const lines = [
    `${plural(
      sum(({ told }) => told),
      'finding',
    )} read, ${showCount(sum(({ changed }) => changed.length))} new or changed, ` +
      `${showCount(sum(({ setAside }) => setAside))} set aside`,
    ...new Set(
      all.flatMap(({ outcome, source }) =>
        outcome.read ? [] : [`${findingSources[source]} was not read: ${outcome.action}, ${outcome.code}`],
      ),
    ),
    ...new Set(all.flatMap(({ source, reasons }) => reasons.map((reason) => `set aside of ${findingSources[source]}: ${reason}`))),
  ];
  await io.err.write(lines.map((line) => `${printable(line)}\n`).join(''));
  const isPartial = all.some(({ outcome, setAside }) => !outcome.read || setAside > 0);
  return options.strict && isPartial ? exitCodes.partial.code : exitCodes.ok.code;
}

export interface CloseOptions {
  readonly off?: boolean;
  readonly as: string;
  readonly format: PlainFormat;
}

export async function closeBack(io: Io, wires: Wires, account: string, options: CloseOptions): Promise<ExitCode> {
  const on = options.off !== true;
  const closing = await wires.withConsole(async (deps) => {
    await setClosing(deps, options.as, account, on);
    return listClosing(deps);
  });
  if (options.format === 'json') await printJson(io, closing.find((one) => one.account === account) ?? null);
  await io.out.flush();
  await io.err.write(
    on
      ? `What ends here of account ${printable(account)} is put away in GuardDuty, Security Hub and IAM Access Analyzer too\n`
      : `Nothing of account ${printable(account)} is put away where it came from\n`,
  );
  return exitCodes.ok.code;
}
