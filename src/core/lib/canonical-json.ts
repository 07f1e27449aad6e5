import type { Json } from '../model/json.ts';

/**
 * Canonical JSON by RFC 8785: keys in UTF-16 code-unit order, ECMAScript numbers, no spaces. Ill-formed UTF-16 is
 * escaped (`\udXXX`), so every text has bytes. Integers above 2^53 must come as strings: the caller's duty.
 * Throws a TypeError for what JSON cannot say (undefined inside a list, NaN, a function).
 */
export function canonicalJson(value: unknown): string {
  // The engine's own printer is many times faster, and its text is canonical where all keys are in order already.
  return isInOrder(value) ? JSON.stringify(value) : print(value);
}

/** Would JSON.stringify give the canonical text? Only for plain data whose keys are in order. */
function isInOrder(value: unknown): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isInOrder(value[i])) return false;
    return true;
  }
  const object = value as Record<string, unknown>;
  let before = '';
  for (const key in object) {
    // An inherited or repeated name, or a method that JSON.stringify would call, is left to the other way.
    if (key < before || key === 'toJSON' || !Object.hasOwn(object, key)) return false;
    const member = object[key];
    if (member !== undefined && !isInOrder(member)) return false;
    before = key;
  }
  return typeof object['toJSON'] !== 'function';
}

function print(value: unknown): string {
  if (value === null || typeof value === 'boolean') return String(value);
  // JSON.stringify of a string is well-formed since ES2019, and its number text is what RFC 8785 asks for.
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError('a number that is not finite has no JSON text');
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) {
    let text = '[';
    for (let i = 0; i < value.length; i++) text += (i === 0 ? '' : ',') + print(value[i]);
    return `${text}]`;
  }
  if (typeof value === 'object') {
    const object = value as Record<string, Json | undefined>;
    let text = '{';
    for (const key of Object.keys(object).sort()) {
      const member = object[key];
      if (member === undefined) continue;
      text += `${text.length === 1 ? '' : ','}${JSON.stringify(key)}:${print(member)}`;
    }
    return `${text}}`;
  }
  throw new TypeError(`a ${typeof value} has no JSON text`);
}
