import type { FirstLook } from '../app/first-look.ts';
import { type Io, severityPaint } from './io.ts';
import { findingTable } from './print-list.ts';
import { printable } from './printable.ts';
import { plural, shortId, showCount, showTime } from './show.ts';
import { table } from './table.ts';
import { wrapToWidth } from './text-width.ts';

type Log = FirstLook['logs'][number];

/** So many causes and actions fill a page; JSON has all. */
const shown = 20;

/** The first look as a page for people, in the order in which they ask. */
export function describeFirstLook(io: Io, look: FirstLook): string {
  const parts = [head(io, look), happened(io, look), causes(io, look), logs(io, look), wouldHave(io, look), unseen(io, look)];
  return parts.filter((part) => part !== '').join('\n');
}

function head(io: Io, look: FirstLook): string {
  const { colours } = io.out;
  const names = look.accounts.map(({ id, name }) => printable(name === '' || name === id ? id : `${name} (${id})`));
  const told = names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${plural(names.length - 4, 'more account')}`;
  return (
    `${colours.bold('First look')} at ${told}\n` +
    `${colours.dim(`${showTime(look.from)} to ${showTime(look.to)}, with read permission alone; nothing was changed`)}\n`
  );
}

function happened(io: Io, look: FirstLook): string {
  return (
    title(io, 'What happened') +
    (look.detections.length === 0
      ? remark(io, `nothing that a rule knows, in ${plural(look.events, 'management event')}`)
      : findingTable(io, look.detections))
  );
}

function causes(io: Io, { rootCauses, controls }: FirstLook): string {
  const { colours, columns } = io.out;
  const rows = rootCauses
    .slice(0, shown)
    .map((cause) => [
      { text: cause.severity, paint: severityPaint(colours, cause.severity) },
      { text: showCount(cause.findings) },
      { text: printable(cause.title) },
      { text: printable(shortArn(cause.resources[0] ?? '')) },
    ]);
  return (
    title(io, 'The worst root causes') +
    (rows.length === 0
      ? remark(io, 'none')
      : table(
          [{ title: 'SEVERITY' }, { title: 'FINDINGS', align: 'right' }, { title: 'CAUSE' }, { title: 'FOR EXAMPLE', flexible: true }],
          rows,
          columns,
          colours.dim,
        )) +
    (rootCauses.length > shown ? remark(io, `and ${plural(rootCauses.length - shown, 'more', 'more')}; --format json has all`) : '') +
    remark(io, `controls: ${showCount(controls.pass)} Pass, ${showCount(controls.fail)} Fail, ${showCount(controls.unknown)} Unknown`)
  );
}

function logs(io: Io, look: FirstLook): string {
  const { colours } = io.out;
  const paints = { on: colours.green, partly: colours.yellow, off: colours.red, unknown: colours.yellow };
  const missing = missingLogs(look.logs);
  if (missing.length === 0)
    return title(io, 'Which logs are missing') + remark(io, look.logs.length === 0 ? 'unknown: nothing could be read' : 'none');
  return (
    title(io, 'Which logs are missing') +
    missing
      .map(
        ({ log, places }) =>
          `${colours.bold(log.name)}\n` +
          places.map(({ state, says, accounts }) => paragraph(io, state, `${says} ${inAccounts(accounts)}`, paints[state])).join('') +
          paragraph(io, 'would show', log.shows) +
          paragraph(io, 'costs', log.cost),
      )
      .join('') +
    remark(io, `what AWS bills for is told as of ${missing[0]?.log.asOf}; --format json names the pages`)
  );
}

function wouldHave(io: Io, look: FirstLook): string {
  const { colours } = io.out;
  return (
    title(io, 'What jobzero would have done') +
    (look.wouldHave.length === 0 ? remark(io, 'nothing: no finding has a playbook with a target') : '') +
    look.wouldHave
      .slice(0, shown)
      .map(
        (would) =>
          `${severityPaint(colours, would.severity)(would.severity)}  ${colours.bold(printable(would.title))} ${colours.dim(`for finding ${shortId(would.finding)}`)}\n` +
          paragraph(io, 'on', would.target.uid) +
          paragraph(io, 'may break', would.blastRadius) +
          paragraph(io, 'undo', would.inverse) +
          paragraph(io, 'alone', approvals[would.approval]),
      )
      .join('') +
    (look.wouldHave.length > shown ? remark(io, `and ${plural(look.wouldHave.length - shown, 'more', 'more')}; --format json has all`) : '')
  );
}

function unseen(io: Io, look: FirstLook): string {
  const { colours, columns } = io.out;
  if (look.unseen.length === 0) return '';
  return (
    title(io, 'What could not be seen') +
    table(
      [{ title: 'MISSING' }, { title: 'ACCOUNT' }, { title: 'REGION' }, { title: 'WHAT', flexible: true }],
      look.unseen.map(({ missing, account, region, what, reason }) => [
        { text: printable(missing), paint: colours.yellow },
        { text: printable(account) },
        { text: printable(region) },
        { text: printable(`${what}: ${reason}`) },
      ]),
      columns,
      colours.dim,
    )
  );
}

const approvals = {
  none: 'yes, once it is armed and your tolerance lets it',
  'one-person': 'no: one person approves',
  'two-persons': 'no: two persons approve',
} as const;

const title = (io: Io, text: string): string => `${io.out.colours.bold(io.out.colours.underline(text))}\n`;

const remark = (io: Io, text: string): string => `${io.out.colours.dim(text)}\n`;

function paragraph(io: Io, name: string, text: string, paint = io.out.colours.dim): string {
  return wrapToWidth(printable(text), Math.max(40, io.out.columns ?? 110) - 14)
    .map((line, i) => `  ${i === 0 ? paint(name.padEnd(11)) : ' '.repeat(11)} ${line}\n`)
    .join('');
}

/** The resource's own part of an ARN: what fits a column and still says which. */
function shortArn(uid: string): string {
  return uid.startsWith('arn:') ? uid.split(':').slice(5).join(':') : uid;
}

interface Missing {
  readonly log: Log;
  readonly places: readonly { readonly state: Log['state']; readonly says: string; readonly accounts: readonly string[] }[];
}

/** Each log once, with the accounts where it is not wholly on, by what is said of them. */
function missingLogs(rows: readonly Log[]): readonly Missing[] {
  const byLog = new Map<string, { log: Log; places: Map<string, { state: Log['state']; says: string; accounts: string[] }> }>();
  for (const log of rows) {
    if (log.state === 'on') continue;
    const says = log.state === 'unknown' ? `${log.says} Needs ${log.missing}.` : log.says;
    const { places } = byLog.get(log.id) ?? { places: new Map<string, { state: Log['state']; says: string; accounts: string[] }>() };
    const place = places.get(`${log.state} ${says}`) ?? { state: log.state, says, accounts: [] };
    place.accounts.push(log.account);
    places.set(`${log.state} ${says}`, place);
    if (!byLog.has(log.id)) byLog.set(log.id, { log, places });
  }
  return [...byLog.values()].map(({ log, places }) => ({ log, places: [...places.values()] }));
}

/** `In 111122223333, 444455556666 and 2 more accounts.` */
function inAccounts(accounts: readonly string[]): string {
  if (accounts.length <= 3) return `In ${accounts.join(', ')}.`;
  return `In ${accounts.slice(0, 2).join(', ')} and ${plural(accounts.length - 2, 'more account')}.`;
}
