import { createHmac } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';

/**
 * What stands for a value in a leaf: HMAC-SHA256 under a secret that is kept with the state and in no export, as 64 hexadecimal digits.
 * Whoever has the secret can show what is meant; nobody else can try values, and without the secret nobody ever can.
 */
export function seal(secret: string, value: unknown): string {
  return createHmac('sha256', Buffer.from(secret, 'hex')).update(canonicalJson(value), 'utf8').digest('hex');
}
