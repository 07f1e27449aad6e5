import { printable } from './printable.ts';

/** An instant as `2026-11-22 02:41:07Z`: sortable, and the same in every time zone. */
export function showTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '-' : `${date.toISOString().slice(0, 19).replace('T', ' ')}Z`;
}

/** 1234567 as `1,234,567`; the same in every locale. */
export function showCount(n: number): string {
  return String(n).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 finding`, `2 findings`. */
export function plural(n: number, word: string, words = `${word}s`): string {
  return `${showCount(n)} ${n === 1 ? word : words}`;
}

export function showSeconds(seconds: number): string {
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

export function showBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let at = 0;
  let size = bytes;
  while (size >= 1000 && at < units.length - 1) {
    size /= 1000;
    at++;
  }
  return at === 0 ? `${bytes} bytes` : `${size.toFixed(1)} ${units[at]}`;
}

/** The part of an id that people read and type; the commands take any beginning that is enough. */
export const shortId = (id: string): string => printable(id.slice(0, 8));
