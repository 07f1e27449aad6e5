import type { FirstLook } from '../../app/first-look.ts';
import type { Wires } from '../../app/wires.ts';
import type { Severity } from '../../core/model/severity.ts';
import { describeFirstLook } from '../describe-first-look.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { reaches, severityLine } from '../print-list.ts';
import { progressBar } from '../progress.ts';
import { plural, showSeconds } from '../show.ts';

export interface FirstLookOptions {
  readonly profile?: string;
  readonly endpointUrl?: string;
  readonly regions?: readonly string[];
  readonly days: number;
  readonly minutes: number;
  readonly format: PlainFormat;
  readonly failOn?: Severity;
  readonly strict?: boolean;
}

export async function firstLook(io: Io, wires: Wires, options: FirstLookOptions): Promise<ExitCode> {
  const bar = await progressBar(io);
  let look: FirstLook;
  try {
    look = await wires.firstLook({
      profile: options.profile ?? null,
      endpointUrl: options.endpointUrl ?? null,
      regions: options.regions ?? null,
      days: options.days,
      minutes: options.minutes,
      onProgress: bar.onProgress,
    });
  } finally {
    bar.stop();
  }
  if (options.format === 'json') await printJson(io, look);
  else await io.out.write(describeFirstLook(io, look));
  await io.out.flush();
  const severities = severityLine(io, look.bySeverity);
  await io.err.write(
    `${plural(look.accounts.length, 'account')}, ${plural(look.events, 'event')}, ${showSeconds(look.seconds)}: ` +
      `${severities === '' ? 'no findings' : severities}${look.complete ? '' : `; ${plural(look.unseen.length, 'thing')} unseen`}\n`,
  );
  if (options.strict && !look.complete) return exitCodes.partial.code;
  return reaches(look.bySeverity, options.failOn) ? exitCodes.no.code : exitCodes.ok.code;
}
