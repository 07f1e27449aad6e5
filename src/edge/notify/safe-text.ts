import { clip, clipLine } from '../../core/lib/clip.ts';

/** What hides or turns text around: directions, no width, controls but the line feed. */
const hidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;

/** Text from a log on one line: nothing hidden, and no longer than `max`. A cut line ends in an ellipsis. */
export function oneLine(text: string, max: number): string {
  return clipLine(
    text
      .slice(0, max * 2)
      .replace(/[\n\r]+/g, ' ')
      .replace(hidden, ' '),
    max,
  ).trim();
}

const cutMark = '… [cut]';

/** Text from a log, with its lines; what is cut says so. */
export function plainText(text: string, max: number): string {
  const clean = text
    .slice(0, max * 2)
    .replace(/\r\n?/g, '\n')
    .replace(hidden, ' ');
  if (clean.length <= max && text.length <= max * 2) return clean.toWellFormed();
  return `${clip(clean, max - cutMark.length).replace(/…$/, '')}${cutMark}`;
}
