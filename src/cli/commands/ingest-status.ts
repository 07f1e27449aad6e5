import { deliveryStatus, type SourceStatus } from '../../app/delivery-status.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showTime } from '../show.ts';
import { type Cell, table } from '../table.ts';

export interface IngestStatusOptions {
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

const shownFaults = 5;

export async function ingestStatus(io: Io, wires: Wires, options: IngestStatusOptions): Promise<ExitCode> {
  const sources = await wires.withConsole((deps) => deliveryStatus(deps));
  // What came, and what it is asked for: both may be old without a sign elsewhere.
  const stale = (await wires.lists({ refresh: false })).filter((list) => list.sources.some((source) => source.stale));
  const { colours, columns } = io.out;
  const broken = sources.flatMap(({ trails }) => trails.filter(({ state }) => state === 'broken'));
  if (options.format === 'json') await printJson(io, sources);
  else if (sources.length > 0) {
    await io.out.write(
      table(
        [
          { title: 'SOURCE' },
          { title: 'ACCOUNT' },
          { title: 'REGION' },
          { title: 'LAST EVENT' },
          { title: 'AVAILABLE p50/p99', align: 'right' },
          { title: 'INGESTED p50/p99', align: 'right' },
          { title: 'COMPLETE', flexible: true },
        ],
        sources.map((source) => [
          { text: printable(source.source) },
          { text: printable(source.account) },
          { text: printable(source.region) },
          { text: `${showTime(source.last)}${source.silent ? ' silent' : ''}`, ...(source.silent ? { paint: colours.red } : {}) },
          { text: waits(source.available) },
          { text: waits(source.ingested) },
          complete(source, colours),
        ]),
        columns,
        colours.dim,
      ),
    );
    for (const { account, region, trail, faults, moreFaults } of broken) {
      const more = faults.length - shownFaults + moreFaults;
      const lines = faults
        .slice(0, shownFaults)
        .map(({ at, object, reason }) => `  ${showTime(at)} ${reason}${object === '' ? '' : `: ${object}`}`);
      await io.out.write(
        [`${account} ${region}, trail ${trail}:`, ...lines, ...(more > 0 ? [`  and ${more} more`] : [])]
          .map((line) => `${printable(line)}\n`)
          .join(''),
      );
    }
  }
  await io.out.flush();
  const silent = sources.filter((source) => source.silent).length;
  await io.err.write(
    `${plural(sources.length, 'source')}, ${silent} silent, ${plural(broken.length, 'trail')} with gaps${staleLine(stale)}\n`,
  );
  return options.strict && silent + broken.length + stale.length > 0 ? exitCodes.no.code : exitCodes.ok.code;
}

function staleLine(stale: readonly { readonly name: string }[]): string {
  if (stale.length === 0) return '';
  return `, ${plural(stale.length, 'stale list')} (${printable(stale.map(({ name }) => name).join(', '))}): "jobzero lists" tells more`;
}

function complete({ source, trails }: SourceStatus, colours: Io['out']['colours']): Cell {
  if (source !== 'aws.cloudtrail') return { text: '-' };
  const [trail] = [...trails].sort((a, b) => rank[a.state] - rank[b.state]);
  if (trail === undefined) return { text: 'unproven: no digests', paint: colours.yellow };
  if (trail.state === 'broken') return { text: `broken at ${showTime(trail.faults[0]?.at ?? trail.from)}`, paint: colours.red };
  if (trail.state === 'unproven') return { text: 'unproven: no valid signature', paint: colours.yellow };
  return { text: `proven ${showTime(trail.from)} to ${showTime(trail.to)}`, paint: colours.green };
}

const rank = { broken: 0, unproven: 1, proven: 2 } as const;

function waits({ p50, p99 }: SourceStatus['available']): string {
  return p50 === null || p99 === null ? '-' : `${shortTime(p50)} / ${shortTime(p99)}`;
}

/** Milliseconds as people read them: `42 s`, `5 min`, `3 h`, `12 d`. */
function shortTime(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 6_000) return `${Math.round(seconds / 60)} min`;
  if (seconds < 100 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}
