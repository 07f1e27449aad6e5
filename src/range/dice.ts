import { sha256 } from '../core/lib/hash.ts';

const hexDigits = '0123456789abcdef';
const idLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const mixedLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

/** The state of the dice, so that a restored range throws on where the saved one stopped. */
export type DiceState = readonly [number, number, number, number];

/**
 * Repeatable chance: the same seed gives the same throws everywhere. The generator is sfc32 (Chris Doty-Humphrey's
 * "small fast counting" generator, public domain), seeded by SHA-256. Not for secrets.
 */
export class Dice {
  #a = 0;
  #b = 0;
  #c = 0;
  #counter = 1;

  constructor(seed: string | DiceState) {
    if (typeof seed !== 'string') {
      [this.#a, this.#b, this.#c, this.#counter] = seed;
      return;
    }
    const digest = sha256(seed);
    this.#a = Number.parseInt(digest.slice(0, 8), 16) | 0;
    this.#b = Number.parseInt(digest.slice(8, 16), 16) | 0;
    this.#c = Number.parseInt(digest.slice(16, 24), 16) | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  get state(): DiceState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** A whole number of 32 bits. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = ((this.#c << 21) | (this.#c >>> 11)) + sum;
    this.#c |= 0;
    return sum >>> 0;
  }

  /** A whole number from 0 to `below - 1`. */
  int(below: number): number {
    return this.next() % below;
  }

  pick<T>(of: readonly [T, ...T[]]): T {
    return of[this.int(of.length)] ?? of[0];
  }

  hex(digits: number): string {
    let text = '';
    while (text.length < digits) {
      let bits = this.next();
      for (let i = 0; i < 8; i++, bits >>>= 4) text += hexDigits[bits & 15];
    }
    return text.slice(0, digits);
  }

  /** As AWS makes unique ids of principals and keys: a prefix and 17 letters or digits (16 for access keys). */
  id(prefix: string, length = 17): string {
    return prefix + this.#text(idLetters, length);
  }

  mixed(length: number): string {
    return this.#text(mixedLetters, length);
  }

  uuid(): string {
    const hex = this.hex(32);
    const variant = hexDigits[8 + (Number.parseInt(hex.slice(16, 17), 16) & 3)];
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }

  #text(letters: string, length: number): string {
    let text = '';
    while (text.length < length) {
      let bits = this.next();
      for (let i = 0; i < 4 && text.length < length; i++, bits >>>= 8) text += letters[(bits & 255) % letters.length];
    }
    return text;
  }
}
