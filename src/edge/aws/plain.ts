import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Operation } from './operations.ts';

/**
 * An SDK answer as plain JSON: dates as ISO 8601 text, bytes as base64 (as text where the operation says so), no
 * `$metadata`, nothing undefined, policy documents decoded. Integers that a number cannot hold become text.
 */
export function plain(answer: unknown, operation: Operation): Json {
  return plainValue(answer, '', operation);
}

function plainValue(value: unknown, key: string, operation: Operation): Json {
  switch (typeof value) {
    case 'string':
      return operation.encoded?.includes(key) ? decoded(value) : value;
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : String(value);
    case 'bigint':
      return String(value);
    case 'object':
      break;
    default:
      return null;
  }
  if (value === null) return null;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString(operation.text?.includes(key) ? 'utf8' : 'base64');
  if (Array.isArray(value)) return value.map((member) => plainValue(member, key, operation));
  const object: { [key: string]: Json } = {};
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined || name === '$metadata') continue;
    // Tags and maps carry names that outsiders chose: `__proto__` must stay a plain member.
    Object.defineProperty(object, name, {
      value: plainValue(member, name, operation),
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
  return object satisfies JsonObject;
}

/** AWS encodes the whole document, so its first character is `%7B`; text that is JSON already is left as it is. */
function decoded(text: string): string {
  if (!/^\s*%/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
