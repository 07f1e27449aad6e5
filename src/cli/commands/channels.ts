import type { ListedChannel } from '../../app/notify/list-channels.ts';
import type { Wires } from '../../app/wires.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { PlainFormat } from '../formats.ts';
import type { Io } from '../io.ts';
import { printJson } from '../print-json.ts';
import { printable } from '../printable.ts';
import { plural, showCount, showTime } from '../show.ts';
import { table } from '../table.ts';

export interface ChannelsOptions {
  readonly format: PlainFormat;
  readonly strict?: boolean;
}

export async function listChannels(io: Io, wires: Wires, options: ChannelsOptions): Promise<ExitCode> {
  const all = await wires.channels();
  const { colours, columns } = io.out;
  if (options.format === 'json') await printJson(io, all);
  else
    await io.out.write(
      table(
        [
          { title: 'CHANNEL' },
          { title: 'KIND' },
          { title: 'STATE' },
          { title: 'LAST SUCCESS' },
          { title: 'WAITING', align: 'right' },
          { title: 'FAILED TODAY', align: 'right' },
          { title: 'FAILURES IN A ROW', align: 'right' },
          { title: 'WHY', flexible: true },
        ],
        all.map((one) => [
          { text: printable(one.name) },
          { text: one.kind },
          { text: one.state, ...(one.state === 'failing' ? { paint: colours.red } : {}) },
          { text: one.lastSuccess === null ? '-' : showTime(one.lastSuccess) },
          { text: showCount(one.waiting) },
          { text: showCount(one.failedToday) },
          { text: showCount(one.failures) },
          { text: printable(whyOf(one)) },
        ]),
        columns,
        colours.dim,
      ),
    );
  await io.out.flush();
  const failing = all.filter(({ state }) => state === 'failing').length;
  await io.err.write(`${plural(all.length, 'channel')}, ${showCount(failing)} failing\n`);
  return options.strict && failing > 0 ? exitCodes.no.code : exitCodes.ok.code;
}

function whyOf({ reason, lacks, tickets }: ListedChannel): string {
  const counts = tickets === null ? '' : `tickets: ${tickets.open} open, ${tickets.madeToday} new today, ${tickets.heldBack} held back`;
  return [reason, lacks, counts].filter((part) => part !== '').join('; ');
}

export interface ChannelTestOptions {
  readonly to?: string;
  readonly format: PlainFormat;
}

export async function testChannel(io: Io, wires: Wires, name: string, options: ChannelTestOptions): Promise<ExitCode> {
  const tested = await wires.testChannel({ name, to: options.to ?? '' });
  const { outcome, reason, ref } = tested;
  if (options.format === 'json') await printJson(io, tested);
  else if (outcome === 'sent') await io.out.write(`Sent${ref === '' ? '' : ` (${printable(ref)})`}.\n`);
  else await io.out.write(`${outcome === 'waiting' ? 'Not sent yet' : 'Not sent'}: ${printable(reason)}.\n`);
  return outcome === 'sent' ? exitCodes.ok.code : exitCodes.no.code;
}
