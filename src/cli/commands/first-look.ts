import type { FirstLook } from '../../app/first-look.ts';
import type { Wires } from '../../app/wires.ts';
import type { Severity } from '../../core/model/severity.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Io, severityPaint } from '../io.ts';
import { printJson } from '../print-json.ts';
import { reaches, severityLine } from '../print-list.ts';
import { printable } from '../printable.ts';
import type { PlainFormat } from '../program.ts';
import { progressBar } from '../progress.ts';
import { plural, shortId, showCount, showSeconds, showTime } from '../show.ts';
import { table } from '../table.ts';
import { wrapToWidth } from '../text-width.ts';

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
  else await io.out.write(describe(io, look));
  await io.out.flush();
  const severities = severityLine(io, look.bySeverity);
  await io.err.write(
    `${plural(look.accounts.length, 'account')}, ${plural(look.events, 'event')}, ${showSeconds(look.seconds)}: ` +
      `${severities === '' ? 'no findings' : severities}${look.complete ? '' : `; ${plural(look.unseen.length, 'thing')} unseen`}\n`,
  );
  if (options.strict && !look.complete) return exitCodes.partial.code;
  return reaches(look.bySeverity, options.failOn) ? exitCodes.no.code : exitCodes.ok.code;
}

function describe(io: Io, look: FirstLook): string {
  const { colours, columns } = io.out;
  const width = columns ?? 110;
  const title = (text: string): string => `\n${colours.bold(text)}\n`;
  const none = (text: string): string => `${colours.dim(text)}\n`;
  const states = { on: colours.green, partly: colours.yellow, off: colours.red, unknown: colours.yellow };
  const paragraph = (name: string, text: string): string =>
    wrapToWidth(printable(text), width - 14)
      .map((line, i) => `  ${colours.dim((i === 0 ? name : '').padEnd(11))} ${line}\n`)
      .join('');
  return [
    `${colours.bold('First look')} at ${look.accounts.map(({ id, name }) => printable(name === '' || name === id ? id : `${name} (${id})`)).join(', ')}\n`,
    colours.dim(`from ${showTime(look.from)} to ${showTime(look.to)}, read-only; nothing was changed\n`),

    title('What happened'),
    look.detections.length === 0
      ? none(`nothing that a rule knows, in ${plural(look.events, 'management event')}`)
      : table(
          [{ title: 'SEVERITY' }, { title: 'LAST SEEN' }, { title: 'ACCOUNT' }, { title: 'REGION' }, { title: 'WHAT', flexible: true }],
          look.detections.map((line) => [
            { text: line.severity, paint: severityPaint(colours, line.severity) },
            { text: showTime(line.lastTime) },
            { text: printable(line.account) },
            { text: printable(line.region) },
            { text: printable(line.message) },
          ]),
          columns,
          colours.dim,
        ),

    title('The worst root causes'),
    look.rootCauses.length === 0
      ? none('none')
      : table(
          [{ title: 'SEVERITY' }, { title: 'FINDINGS', align: 'right' }, { title: 'CAUSE' }, { title: 'FOR EXAMPLE', flexible: true }],
          look.rootCauses
            .slice(0, 20)
            .map((cause) => [
              { text: cause.severity, paint: severityPaint(colours, cause.severity) },
              { text: showCount(cause.findings) },
              { text: printable(cause.title) },
              { text: printable(cause.resources[0] ?? '') },
            ]),
          columns,
          colours.dim,
        ),
    none(
      `controls: ${showCount(look.controls.pass)} Pass, ${showCount(look.controls.fail)} Fail, ${showCount(look.controls.unknown)} Unknown`,
    ),

    title('Which logs are missing'),
    ...look.logs
      .filter(({ state }) => state !== 'on')
      .map(
        (log) =>
          `${states[log.state](log.state.padEnd(8))} ${colours.bold(log.name)} ${colours.dim(`in ${printable(log.account)}: ${printable(log.says)}${log.state === 'unknown' ? ` Needs ${log.missing}.` : ''}`)}\n` +
          paragraph('would show', log.shows) +
          paragraph('costs', `${log.cost} (${log.source}, ${log.asOf})`),
      ),
    look.logs.length === 0 ? none('unknown: nothing could be read') : look.logs.every(({ state }) => state === 'on') ? none('none') : '',

    title('What jobzero would have done'),
    look.wouldHave.length === 0 ? none('nothing: no finding has a playbook with a target') : '',
    ...look.wouldHave
      .slice(0, 20)
      .map(
        (would) =>
          `${severityPaint(colours, would.severity)(would.severity)}  ${colours.bold(printable(would.title))} ${colours.dim(`for finding ${shortId(would.finding)}`)}\n` +
          paragraph('on', would.target.uid) +
          paragraph('may break', would.blastRadius) +
          paragraph('undo', would.inverse) +
          paragraph('alone', approvals[would.approval]),
      ),

    look.unseen.length === 0 ? '' : title('What could not be seen'),
    look.unseen.length === 0
      ? ''
      : table(
          [{ title: 'MISSING' }, { title: 'ACCOUNT' }, { title: 'REGION' }, { title: 'WHAT', flexible: true }],
          look.unseen.map((unseen) => [
            { text: printable(unseen.missing), paint: colours.yellow },
            { text: printable(unseen.account) },
            { text: printable(unseen.region) },
            { text: printable(`${unseen.what}: ${unseen.reason}`) },
          ]),
          columns,
          colours.dim,
        ),
  ].join('');
}

const approvals = {
  none: 'yes, once it is armed and your tolerance lets it',
  'one-person': 'no: one person approves',
  'two-persons': 'no: two persons approve',
} as const;
