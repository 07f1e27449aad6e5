import type { IngestSummary, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { progressBar } from '../progress.ts';
import { plural, showCount, showSeconds } from '../show.ts';

export interface IngestOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly roleArn?: string;
  readonly from?: number;
  readonly to?: number;
  readonly publicKeys?: string;
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

export async function ingest(io: Io, wires: Wires, from: string, options: IngestOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  let summary: IngestSummary;
  try {
    summary = await wires.ingest({
      from,
      profile: options.profile ?? null,
      endpointUrl: options.endpointUrl ?? null,
      regions: null,
      roleArn: options.roleArn ?? null,
      days:
        options.from === undefined && options.to === undefined
          ? null
          : { first: options.from ?? 0, last: options.to ?? Number.MAX_SAFE_INTEGER },
      publicKeys: options.publicKeys ?? null,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  if (options.format === 'json') await printJson(io, summary);
  await io.out.flush();
  await io.err.write(
    `${plural(summary.objects, 'object')} read, ${showCount(summary.known)} known already: ${plural(summary.events, 'event')}, ` +
      `${plural(summary.findings, 'finding')} new or changed, ${showCount(summary.setAside)} set aside, ${showSeconds(summary.seconds)}\n`,
  );
  if (summary.unread.n > 0) {
    const lines = [`${plural(summary.unread.n, 'object')} could not be read now; the same command tries again`, ...summary.unread.reasons];
    await io.err.write(lines.map((line) => `${printable(line)}\n`).join(''));
  }
  if (summary.digests.troubles.length > 0) {
    const lines = ['CloudTrail digests are not all checked:', ...summary.digests.troubles];
    await io.err.write(lines.map((line) => `${printable(line)}\n`).join(''));
  }
  return options.strict && summary.setAside + summary.unread.n > 0 ? exitCodes.partial.code : exitCodes.ok.code;
}
