const pad = (n: number) => String(n).padStart(2, '0');

/** The reader's time zone then: `UTC`, `UTC+1`, `UTC-3:30`. Logs speak UTC, so who compares must know. */
export function zone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60];
  return `UTC${minutes < 0 ? '-' : '+'}${hours}${rest === 0 ? '' : `:${pad(rest)}`}`;
}

/** `02:31:07`, in the reader's time zone. */
export function clock(at: number): string {
  const date = new Date(at);
  return `${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** `22 Nov`, or `22 Nov 2025` when it is another year. */
export function day(at: number, now: number): string {
  const date = new Date(at);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][date.getMonth()] ?? '';
  const year = date.getFullYear();
  return `${date.getDate()} ${month}${year === new Date(now).getFullYear() ? '' : ` ${year}`}`;
}

/** A time as short as it stays clear: today without the day. */
export function moment(at: number, now: number): string {
  return new Date(at).toDateString() === new Date(now).toDateString() ? clock(at) : `${day(at, now)} ${clock(at)}`;
}

/** A length of time in words: `35 ms`, `1.4 s`, `18 s`, `4 min 10 s`, `3 h 20 min`, `5 days`. */
export function length(milliseconds: number): string {
  const seconds = Math.abs(milliseconds) / 1000;
  if (seconds < 1) return `${Math.floor(seconds * 1000)} ms`;
  if (seconds < 10) return `${(Math.floor(seconds * 10) / 10).toString()} s`;
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3600) return join(Math.floor(seconds / 60), 'min', Math.floor(seconds % 60), 's');
  if (seconds < 172_800) return join(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min');
  return `${Math.round(seconds / 86_400)} days`;
}

/** What is left of a clock, or has passed since: `3 h 07 min`, `2 d 14 h`, `59 min`. */
export function countdown(milliseconds: number): string {
  const minutes = Math.floor(Math.abs(milliseconds) / 60_000);
  const [days, hours] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60)];
  if (hours >= 48) return `${days} d ${hours % 24} h`;
  return hours > 0 ? `${hours} h ${pad(minutes % 60)} min` : `${minutes} min`;
}

function join(a: number, unitA: string, b: number, unitB: string): string {
  return b === 0 ? `${a} ${unitA}` : `${a} ${unitA} ${b} ${unitB}`;
}
