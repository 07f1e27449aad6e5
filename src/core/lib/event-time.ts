/**
 * Milliseconds since 1970 of an ISO 8601 time in UTC: `2026-01-02T03:04:05Z`, also with a fraction, with a space for
 * the T (CloudTrail Lake), and without the Z. Null for anything else. Logs hold millions of them, so no pattern is run.
 */
export function parseEventTime(text: unknown): number | null {
  if (typeof text !== 'string' || text.length < 19 || text.length > 30) return null;
  if (text.charCodeAt(4) !== 45 || text.charCodeAt(7) !== 45 || text.charCodeAt(13) !== 58 || text.charCodeAt(16) !== 58) return null;
  const separator = text.charCodeAt(10);
  if (separator !== 84 && separator !== 32) return null;
  const month = digits(text, 5, 2);
  const day = digits(text, 8, 2);
  const hour = digits(text, 11, 2);
  const minute = digits(text, 14, 2);
  const second = digits(text, 17, 2);
  const year = digits(text, 0, 4);
  if (
    year < 1970 ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > 31 ||
    hour < 0 ||
    hour > 23 ||
    minute < 0 ||
    minute > 59 ||
    second < 0 ||
    second > 60
  )
    return null;
  let milliseconds = 0;
  let at = 19;
  if (text.charCodeAt(at) === 46) {
    let scale = 100;
    for (at++; at < text.length && isDigit(text, at); at++) {
      milliseconds += digits(text, at, 1) * scale;
      scale = Math.floor(scale / 10);
    }
    if (at === 20) return null;
  }
  if (at < text.length && (text.charCodeAt(at) !== 90 || at + 1 !== text.length)) return null;
  const time = Date.UTC(year, month - 1, day, hour, minute, second, milliseconds);
  // The 31st of February is no day.
  return new Date(time).getUTCDate() === day || second === 60 ? time : null;
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

function digits(text: string, at: number, n: number): number {
  let value = 0;
  for (let i = at; i < at + n; i++) {
    if (!isDigit(text, i)) return -1;
    value = value * 10 + text.charCodeAt(i) - 48;
  }
  return value;
}
