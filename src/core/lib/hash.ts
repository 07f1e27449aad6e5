import { hash } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/** SHA-256 of the text's UTF-8 bytes, or of bytes: 64 hexadecimal digits. */
export function sha256(text: string | Uint8Array): string {
  return hash('sha256', text);
}

/** An id of 32 hexadecimal digits (128 bits) from the parts' canonical JSON, so that parts cannot run into each other. */
export function idOf(...parts: readonly unknown[]): string {
  return sha256(canonicalJson(parts)).slice(0, 32);
}

/** SHA-256 of a value's canonical JSON. */
export function hashOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
