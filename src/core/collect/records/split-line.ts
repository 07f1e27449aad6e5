const space = 32;
const quote = 34;
const backslash = 92;
const openBracket = 91;

/**
 * Splits a line at its spaces; a field may stand in brackets, where `brackets` says so, or in quotes, which end at a
 * quote with a space or the end behind it, since browsers may send quotes of their own (of a quote with a space behind
 * it nobody can tell; it is in the last fields, where no rule looks). A text says where the line is broken.
 */
export function splitLine(line: string, most: number, brackets = true): readonly string[] | string {
  const values: string[] = [];
  let at = 0;
  while (at < line.length) {
    if (values.length >= most) return `more than ${most} fields`;
    const c = line.charCodeAt(at);
    let end: number;
    if (c === openBracket && brackets) {
      end = line.indexOf(']', at);
      if (end < 0) return `a bracket at character ${at + 1} does not close`;
      values.push(line.slice(at + 1, end));
      end++;
    } else if (c === quote) {
      end = closingQuote(line, at + 1);
      if (end < 0) return `a quote at character ${at + 1} does not close`;
      const text = line.slice(at + 1, end);
      values.push(text.includes('\\"') ? text.replaceAll('\\"', '"') : text);
      end++;
    } else {
      end = line.indexOf(' ', at);
      if (end < 0) end = line.length;
      values.push(line.slice(at, end));
    }
    if (end < line.length && line.charCodeAt(end) !== space) return `no space at character ${end + 1}`;
    at = end + 1;
  }
  return values;
}

function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 1)) {
    const last = at + 1 === line.length;
    if ((last || line.charCodeAt(at + 1) === space) && (line.charCodeAt(at - 1) !== backslash || at === from)) return at;
  }
  return -1;
}
