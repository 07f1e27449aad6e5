/**
 * Text from a log, made safe to hand on: well-formed UTF-16, and no longer than `max` code units. A cut text ends in
 * an ellipsis, and no surrogate pair is cut in two.
 */
export function clip(text: string, max: number): string {
  if (text.length <= max) return text.toWellFormed();
  const cut = text.slice(0, max - 1);
  // A high surrogate at the cut has lost its other half.
  const last = cut.charCodeAt(cut.length - 1);
  return `${(last >= 0xd800 && last <= 0xdbff ? cut.slice(0, -1) : cut).toWellFormed()}…`;
}

/** As `clip`, on one line: control characters become spaces, since readers of titles do not expect them. */
export function clipLine(text: string, max: number): string {
  let line = '';
  for (const char of text.length > max ? text.slice(0, max + 1) : text) {
    const code = char.charCodeAt(0);
    line += code < 0x20 || (code >= 0x7f && code < 0xa0) ? ' ' : char;
  }
  return clip(line, max);
}
