import type { NumberComparison } from '../model/rule.ts';

const longestNumber = 64;
const number = /^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** Is this the text of a decimal number, such as a log writes? */
export function isNumber(text: string): boolean {
  return text.length <= longestNumber && number.test(text);
}

/** Compares the text of a number; what is none compares with nothing. Whole numbers are compared exactly at any size. */
export function compareNumber(compare: NumberComparison, than: string): (text: string) => boolean {
  return (text) => isNumber(text) && holds(compare, order(text, than));
}

export function holds(compare: NumberComparison | 'equals', order: number): boolean {
  switch (compare) {
    case 'gt':
      return order > 0;
    case 'gte':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'lte':
      return order <= 0;
    case 'equals':
      return order === 0;
    default:
      return compare satisfies never;
  }
}

function order(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (x !== y) return x < y ? -1 : 1;
  // Rounding keeps order, but makes neighbours beyond 2^53 equal.
  if (Number.isSafeInteger(x) || !isWhole(a) || !isWhole(b)) return 0;
  const difference = BigInt(a.replace('+', '')) - BigInt(b.replace('+', ''));
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function isWhole(text: string): boolean {
  return /^[+-]?\d+$/.test(text);
}
