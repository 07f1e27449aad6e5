import type { IngestSummary, Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { progressBar } from '../progress.ts';
import { plural, showCount, showSeconds } from '../show.ts';

export interface IngestOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
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
  return options.strict && summary.setAside > 0 ? exitCodes.partial.code : exitCodes.ok.code;
}
