/** How many columns of a terminal a text takes. Expects what `printable` returns. */
export function textWidth(text: string): number {
  let width = 0;
  for (const char of text) width += charWidth(char.codePointAt(0) ?? 0);
  return width;
}

/** The text cut to so many columns, with an ellipsis when something was cut. */
export function cutToWidth(text: string, max: number): string {
  if (textWidth(text) <= max) return text;
  let width = 0;
  let cut = '';
  for (const char of text) {
    const next = charWidth(char.codePointAt(0) ?? 0);
    if (width + next > max - 1) break;
    width += next;
    cut += char;
  }
  return `${cut}…`;
}

/** The text broken at spaces into lines of at most so many columns; a word that is longer is broken where it must be. */
export function wrapToWidth(text: string, max: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (let word of text.split(' ')) {
    if (line !== '' && textWidth(line) + 1 + textWidth(word) > max) {
      lines.push(line);
      line = '';
    }
    while (textWidth(word) > max) {
      let head = '';
      let width = 0;
      for (const char of word) {
        const next = charWidth(char.codePointAt(0) ?? 0);
        if (width + next > max && head !== '') break;
        head += char;
        width += next;
      }
      lines.push(head);
      word = word.slice(head.length);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}

/** Unicode's East Asian Wide and combining marks, as far as terminals agree on them. */
function charWidth(point: number): 0 | 1 | 2 {
  if (point < 0x300) return 1;
  if (
    point <= 0x36f ||
    (point >= 0x1ab0 && point <= 0x1aff) ||
    (point >= 0x1dc0 && point <= 0x1dff) ||
    (point >= 0x20d0 && point <= 0x20ff) ||
    (point >= 0xfe00 && point <= 0xfe0f) ||
    (point >= 0xfe20 && point <= 0xfe2f)
  ) {
    return 0;
  }
  const wide =
    (point >= 0x1100 && point <= 0x115f) ||
    (point >= 0x2e80 && point <= 0xa4cf) ||
    (point >= 0xac00 && point <= 0xd7a3) ||
    (point >= 0xf900 && point <= 0xfaff) ||
    (point >= 0xfe30 && point <= 0xfe4f) ||
    (point >= 0xff00 && point <= 0xff60) ||
    (point >= 0xffe0 && point <= 0xffe6) ||
    (point >= 0x1f300 && point <= 0x1f64f) ||
    (point >= 0x1f680 && point <= 0x1faff) ||
    (point >= 0x20000 && point <= 0x3fffd);
  return wide ? 2 : 1;
}
