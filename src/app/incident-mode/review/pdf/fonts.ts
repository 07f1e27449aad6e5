/** The two fonts that every reader of PDF brings along, in WinAnsiEncoding (ISO 32000-1, annex D). */
export type Font = 'regular' | 'bold';

/**
 * Widths of Helvetica and Helvetica-Bold for the codes 32 to 126 and 160 to 255, in thousandths of the size, as Adobe's font metrics give them
 * (https://partners.adobe.com/public/developer/en/pdf/Core14_AFMs.zip).
 */
const ascii: { readonly [font in Font]: readonly number[] } = {
  regular: [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278,
    278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556,
    556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
  ],
  bold: [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 333,
    333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722,
    667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611,
    611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
  ],
};
const latin: { readonly [font in Font]: readonly number[] } = {
  regular: [
    278, 333, 556, 556, 556, 556, 260, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333, 556, 537, 278, 333, 333, 365,
    556, 834, 834, 834, 611, 667, 667, 667, 667, 667, 667, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778,
    778, 584, 778, 722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 500, 556, 556, 556, 556, 278, 278, 278, 278, 556,
    556, 556, 556, 556, 556, 556, 584, 611, 556, 556, 556, 556, 500, 556, 500,
  ],
  bold: [
    278, 333, 556, 556, 556, 556, 280, 556, 333, 737, 370, 556, 584, 333, 737, 333, 400, 584, 333, 333, 333, 611, 556, 278, 333, 333, 365,
    556, 834, 834, 834, 611, 722, 722, 722, 722, 722, 722, 1000, 722, 667, 667, 667, 667, 278, 278, 278, 278, 722, 722, 778, 778, 778, 778,
    778, 584, 778, 722, 722, 722, 722, 667, 667, 611, 556, 556, 556, 556, 556, 556, 889, 556, 556, 556, 556, 556, 278, 278, 278, 278, 611,
    611, 611, 611, 611, 611, 611, 584, 611, 611, 611, 611, 611, 556, 611, 556,
  ],
};

/** Marks of writing that are common and not in Latin-1, as these fonts have them: code and width, the same in both. */
const more: ReadonlyMap<string, number> = new Map([
  ['€', 0x80],
  ['…', 0x85],
  ['‘', 0x91],
  ['’', 0x92],
  ['“', 0x93],
  ['”', 0x94],
  ['•', 0x95],
  ['–', 0x96],
  ['—', 0x97],
]);
const widthsOfMore: { readonly [code: number]: number } = {
  128: 556,
  133: 1000,
  145: 222,
  146: 222,
  147: 333,
  148: 333,
  149: 350,
  150: 556,
  151: 1000,
};

/**
 * A text in these fonts: a string whose char codes are bytes. What they cannot show, and what hides or reorders text, is shown by its code: `\u{202e}`.
 * One line.
 */
export function encodeText(text: string): string {
  let encoded = '';
  for (const char of text.toWellFormed().replace(/\s+/g, ' ').trim()) {
    const code = char.codePointAt(0) ?? 0;
    const known = more.get(char) ?? ((code >= 0x20 && code < 0x7f) || (code >= 0xa0 && code <= 0xff && code !== 0xad) ? code : null);
    encoded += known === null ? `\\u{${code.toString(16)}}` : String.fromCharCode(known);
  }
  return encoded;
}

/** How wide the code of a char is, in thousandths of the size. */
export function widthOfCode(code: number, font: Font): number {
  return (code < 127 ? ascii[font][code - 32] : code >= 160 ? latin[font][code - 160] : widthsOfMore[code]) ?? 556;
}

/** How wide an encoded text is, in the unit of the size. */
export function widthOf(encoded: string, font: Font, size: number): number {
  let width = 0;
  for (let i = 0; i < encoded.length; i++) width += widthOfCode(encoded.charCodeAt(i), font);
  return (width * size) / 1000;
}

/** An encoded text in lines that are no wider than this; a word that is wider is broken where it must be. */
export function wrapText(encoded: string, font: Font, size: number, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const whole of encoded.split(' ')) {
    let word = whole;
    if (line !== '' && widthOf(`${line} ${word}`, font, size) > width) {
      lines.push(line);
      line = '';
    }
    while (line === '' && widthOf(word, font, size) > width && word.length > 1) {
      let n = 1;
      while (n < word.length && widthOf(word.slice(0, n + 1), font, size) <= width) n++;
      lines.push(word.slice(0, n));
      word = word.slice(n);
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  if (line !== '' || lines.length === 0) lines.push(line);
  return lines;
}
