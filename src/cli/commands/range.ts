import type { Wires } from '../../app/wires.ts';
import { InputError } from '../../core/model/errors.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural } from '../show.ts';

export interface RangeOptions {
  readonly out?: string;
  readonly accounts: number;
  readonly events: number;
  readonly days: number;
  readonly start?: number;
  readonly seed: number;
  readonly campaign: readonly string[];
  readonly campaigns: readonly string[];
  readonly own: boolean;
  readonly flows: number;
  readonly queries: number;
  readonly web: number;
  readonly eks: number;
  readonly s3Access: number;
  readonly databases: number;
  readonly signIns: number;
  readonly edge: number;
  readonly api: number;
  readonly nlb: number;
  readonly clb: number;
  readonly allLogs?: boolean;
  readonly digests?: boolean;
  readonly chaos?: boolean;
  readonly rate?: number;
  readonly serve?: boolean;
  readonly port: number;
  readonly format: PlainFormat;
}

export async function range(io: Io, wires: Wires, signal: AbortSignal, options: RangeOptions): Promise<ExitCode> {
  if (options.out === undefined && options.serve !== true)
    throw new InputError('say --out DIR to write logs, or --serve to serve the cloud', 'range');
  const faults: string[] = [];
  const { onProgress, stop } = await progressBar(io);
  const summary = await wires
    .range({
      out: options.out ?? null,
      accounts: options.accounts,
      events: options.events,
      days: options.days,
      start: options.start ?? null,
      seed: options.seed,
      campaigns: options.campaign,
      campaignFolders: options.campaigns,
      ownCampaigns: options.own,
      ...linesOf(options),
      digests: options.digests === true || options.allLogs === true,
      chaos: options.chaos === true,
      rate: options.rate ?? null,
      port: options.port,
      signal,
      onReady: (url) => {
        void io.err.write(`the simulated cloud answers at ${url}; Ctrl-C ends it\n`).then(() => io.err.flush());
      },
      onFault: (message) => faults.push(message),
      onProgress: (done) => onProgress({ done, total: options.events, doing: 'events written' }),
    })
    .finally(stop);
  for (const fault of faults) await io.err.write(`not a campaign: ${printable(fault)}\n`);
  if (options.format === 'json') await printJson(io, summary);
  await io.out.flush();
  if (summary.out !== null) {
    await io.err.write(
      `${plural(summary.events, 'event')}${summary.lines === 0 ? '' : ` and ${plural(summary.lines, 'line')} of other logs`} (${plural(summary.attackEvents, 'event')} of attacks, ${plural(summary.campaigns, 'run')} of campaigns) in ${plural(summary.objects, 'object')} written to ${printable(summary.out)}\n`,
    );
  }
  if (summary.publicKeys !== null) await io.err.write(`keys for "ingest --public-keys" are in ${printable(summary.publicKeys)}\n`);
  return exitCodes.ok.code;
}

/** With `--all-logs` each kind of log that was not asked for in a number has as many lines as there are tenths of the events. */
function linesOf(options: RangeOptions) {
  const { flows, queries, web, eks, s3Access, databases, signIns, edge, api, nlb, clb, allLogs, events } = options;
  const usual = allLogs === true ? Math.ceil(events / 10) : 0;
  return {
    flows: flows || usual,
    queries: queries || usual,
    web: web || usual,
    eks: eks || usual,
    s3Access: s3Access || usual,
    databases: databases || usual,
    signIns: signIns || usual,
    edge: edge || usual,
    api: api || usual,
    nlb: nlb || usual,
    clb: clb || usual,
  };
}
