import { Buffer } from 'node:buffer';

/** Sigma's `utf16` is `utf16le` behind a byte order mark; `wide` is `utf16le`. */
export const wideEncodings = ['utf16', 'utf16le', 'utf16be', 'wide'] as const;
export type WideEncoding = (typeof wideEncodings)[number];

/** The bytes of a text; UTF-8 unless it says otherwise. */
export function bytesOf(text: string, encoding: WideEncoding | null): Buffer {
  if (encoding === null) return Buffer.from(text, 'utf8');
  const little = Buffer.from(text, 'utf16le');
  if (encoding === 'utf16be') return little.swap16();
  return encoding === 'utf16' ? Buffer.concat([Buffer.from([0xff, 0xfe]), little]) : little;
}

/**
 * What is the same in the Base64 of any text that has these bytes somewhere in it: one text for each place of their
 * first byte in a group of three. A character that holds bits of a neighbour, too, is left out.
 */
export function base64Offsets(bytes: Buffer): readonly string[] {
  return [0, 1, 2].map((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    const first = Math.ceil((before * 8) / 6);
    const end = Math.floor(((before + bytes.length) * 8) / 6);
    return text.slice(first, end);
  });
}
