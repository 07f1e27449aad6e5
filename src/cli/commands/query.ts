import type { QueryAnswered, Wires } from '../../app/wires.ts';
import type { Json } from '../../core/model/json.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural } from '../show.ts';
import { table } from '../table.ts';

export interface QueryOptions {
  readonly question?: string;
  readonly questions?: boolean;
  readonly param: readonly string[];
  readonly from?: number;
  readonly to?: number;
  readonly logs: readonly string[];
  readonly limit: number;
  readonly seconds: number;
  readonly format: 'table' | 'json' | 'csv';
}

export async function query(io: Io, wires: Wires, sql: string | undefined, options: QueryOptions): Promise<ExitCode> {
  if (options.questions === true) return listQuestions(io, wires, options.format);
  const bar = await progressBar(io);
  let answer: QueryAnswered;
  try {
    answer = await wires.query({
      sql: sql ?? null,
      question: options.question ?? null,
      parameters: options.param,
      logs: options.logs,
      from: options.from ?? 0,
      to: options.to ?? Number.MAX_SAFE_INTEGER,
      seconds: options.seconds,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  try {
    const n = await print(io, answer, options);
    await io.out.flush();
    await io.err.write(`${plural(n, 'row')}${answer.files === 0 ? '; the lake has no files in this range' : ''}\n`);
  } finally {
    await answer.close();
  }
  return exitCodes.ok.code;
}

/** Prints the rows as they come; a table holds the first `limit` of them. Says how many there were. */
async function print(io: Io, { columns, rows }: QueryAnswered, { format, limit }: QueryOptions): Promise<number> {
  let n = 0;
  if (format === 'csv') {
    await io.out.write(csvLine(columns));
    for await (const row of rows) {
      n++;
      await io.out.write(csvLine(row));
    }
    return n;
  }
  if (format === 'json') {
    for await (const row of rows) {
      await io.out.write(
        `${n++ === 0 ? '[' : ','}\n${JSON.stringify(Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])))}`,
      );
    }
    await io.out.write(n === 0 ? '[]\n' : '\n]\n');
    return n;
  }
  const shown: (readonly Json[])[] = [];
  for await (const row of rows) if (n++ < limit) shown.push(row);
  if (n > 0) {
    const { colours } = io.out;
    await io.out.write(
      table(
        columns.map((title, i) => ({ title: printable(title), ...(i === columns.length - 1 ? { flexible: true as const } : {}) })),
        shown.map((row) => row.map((value) => ({ text: printable(textOf(value)) }))),
        io.out.columns,
        colours.dim,
      ),
    );
    if (n > limit) await io.out.write(colours.dim(`and ${plural(n - limit, 'more', 'more')}; --limit or another --format shows them\n`));
  }
  return n;
}

function textOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** RFC 4180. A value that a spreadsheet would take for a formula gets an apostrophe in front: logs hold anyone's texts. */
function csvLine(values: readonly Json[]): string {
  const cells = values.map((value) => {
    const text = textOf(value);
    const safe = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  });
  return `${cells.join(',')}\r\n`;
}

async function listQuestions(io: Io, wires: Wires, format: QueryOptions['format']): Promise<ExitCode> {
  const questions = await wires.questions();
  if (format === 'json') await printJson(io, questions);
  else {
    await io.out.write(
      table(
        [{ title: 'QUESTION' }, { title: 'PARAMETERS' }, { title: 'ASKS', flexible: true }],
        questions.map(({ id, title, parameters }) => [{ text: id }, { text: Object.keys(parameters).join(', ') }, { text: title }]),
        io.out.columns,
        io.out.colours.dim,
      ),
    );
  }
  return exitCodes.ok.code;
}
