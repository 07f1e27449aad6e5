import { isHidden } from '../app/is-hidden.ts';

/**
 * A text from a log, a tag or a policy as it may go to a terminal: control characters, escape sequences, what changes
 * the direction of writing, what has no width, and ill-formed UTF-16 are written as escapes (`\x1b`, `\u202e`). One
 * line stays one line.
 */
export function printable(text: string): string {
  let safe = '';
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 0x20 && code < 0x7f) continue;
    const point = text.codePointAt(i) ?? code;
    if (point > 0xffff && !isUnsafe(point)) {
      i++;
      continue;
    }
    if (!isUnsafe(point)) continue;
    safe += text.slice(from, i) + escapeOf(point);
    if (point > 0xffff) i++;
    from = i + 1;
  }
  return from === 0 ? text : safe + text.slice(from);
}

function isUnsafe(point: number): boolean {
  return isHidden(point) || (point >= 0xd800 && point <= 0xdfff);
}

function escapeOf(point: number): string {
  if (point < 0x100) return `\\x${point.toString(16).padStart(2, '0')}`;
  return point > 0xffff ? `\\u{${point.toString(16)}}` : `\\u${point.toString(16).padStart(4, '0')}`;
}
