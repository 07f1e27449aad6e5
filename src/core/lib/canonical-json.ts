/** Deeper than any document of ours or record of AWS's; a log's text must not be able to exhaust the stack. */
const deepest = 500;

/**
 * Canonical JSON by RFC 8785: keys in UTF-16 code-unit order, ECMAScript numbers, no spaces. Ill-formed UTF-16 is
 * escaped (`\udXXX`), so every text has bytes. Integers above 2^53 must come as strings: the caller's duty.
 * Throws a TypeError for what JSON cannot say (undefined inside a list, NaN, a function), and a RangeError for what is
 * nested deeper than 500.
 */
export function canonicalJson(value: unknown): string {
  return text(value, 0);
}

/** The engine's own printer is many times faster, and its text is canonical where all keys are in order already. */
function text(value: unknown, depth: number): string {
  return isInOrder(value, depth) ? JSON.stringify(value) : print(value, depth);
}

/** Would JSON.stringify give the canonical text? Only for plain data whose keys are in order. */
function isInOrder(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object') return false;
  if (depth >= deepest) throw new RangeError(`nested deeper than ${deepest}`);
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) if (!isInOrder(value[i], depth + 1)) return false;
    return true;
  }
  const object = value as Record<string, unknown>;
  let before = '';
  for (const key in object) {
    // An inherited or repeated name, or a method that JSON.stringify would call, is left to the other way.
    if (key < before || key === 'toJSON' || !Object.hasOwn(object, key)) return false;
    const member = object[key];
    if (member !== undefined && !isInOrder(member, depth + 1)) return false;
    before = key;
  }
  return typeof object['toJSON'] !== 'function';
}

function print(value: unknown, depth: number): string {
  if (typeof value === 'number') throw new TypeError('a number that is not finite has no JSON text');
  if (typeof value !== 'object' || value === null) throw new TypeError(`a ${typeof value} has no JSON text`);
  if (Array.isArray(value)) return `[${Array.from(value, (item) => text(item, depth + 1)).join(',')}]`;
  const object = value as Record<string, unknown>;
  let printed = '{';
  for (const key of Object.keys(object).sort()) {
    const member = object[key];
    if (member === undefined) continue;
    // What is inside may be in order although this level is not.
    printed += `${printed.length === 1 ? '' : ','}${JSON.stringify(key)}:${text(member, depth + 1)}`;
  }
  return `${printed}}`;
}
