import { Buffer } from 'node:buffer';

/** Attackers encode twice, CloudFront once more: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html */
const rounds = 4;
const longest = 16_384;

/**
 * A path and query as the application may read it: percent-decoded until nothing changes, four times at most; `%uXXXX` as IIS
 * reads it; overlong UTF-8 (`%c0%ae` for a dot) as the ASCII that it stands for; `+` in the query as a space. Bytes that are no
 * UTF-8 become U+FFFD. What is longer than 16,384 characters is cut there.
 */
export function decodeUri(path: string, query: string): string {
  const spaced = query.includes('+') ? query.replaceAll('+', ' ') : query;
  let text = (query === '' ? path : `${path}?${spaced}`).slice(0, longest);
  for (let i = 0; i < rounds && text.includes('%'); i++) {
    const decoded = decodeOnce(text);
    if (decoded === text) break;
    text = decoded;
  }
  return text;
}

/** A header as CloudFront writes it: its own encoding taken off, once. */
export function decodeHeader(text: string): string {
  return text.includes('%') ? decodeOnce(text.slice(0, longest)) : text;
}

function decodeOnce(text: string): string {
  let out = '';
  let from = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', at)) {
    const bytes: number[] = [];
    const start = at;
    for (;;) {
      const byte = text.charCodeAt(at) === 0x25 ? hex(text, at + 1, 2) : -1;
      if (byte < 0) break;
      bytes.push(byte);
      at += 3;
    }
    if (bytes.length > 0) {
      out += text.slice(from, start) + textOf(bytes);
      from = at;
      continue;
    }
    const code = /[uU]/.test(text.charAt(at + 1)) ? hex(text, at + 2, 4) : -1;
    if (code >= 0) {
      out += text.slice(from, at) + String.fromCharCode(code);
      from = at + 6;
      at = from;
    } else at++;
  }
  return from === 0 ? text : out + text.slice(from);
}

function textOf(bytes: readonly number[]): string {
  const plain: number[] = [];
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    const next = bytes[i + 1] ?? 0;
    // Two bytes that begin with C0 or C1 are ASCII in a longer form than allowed.
    if ((byte === 0xc0 || byte === 0xc1) && next >= 0x80 && next <= 0xbf) {
      plain.push(((byte & 0x1f) << 6) | (next & 0x3f));
      i++;
    } else plain.push(byte);
  }
  return Buffer.from(plain).toString('utf8');
}

function hex(text: string, from: number, digits: number): number {
  if (from + digits > text.length) return -1;
  let value = 0;
  for (let i = from; i < from + digits; i++) {
    const c = text.charCodeAt(i) | 0x20;
    const digit = c >= 0x30 && c <= 0x39 ? c - 0x30 : c >= 0x61 && c <= 0x66 ? c - 0x57 : -1;
    if (digit < 0 || text.charCodeAt(i) < 0x30) return -1;
    value = value * 16 + digit;
  }
  return value;
}
