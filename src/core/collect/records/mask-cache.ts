import type { Buffer } from 'node:buffer';

/** Begin and step of the hash that callers compute while they read a value byte by byte: FNV-1a. */
export const hashStart = 0x811c9dc5 | 0;
export function hashStep(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, 0x01000193);
}

/**
 * Remembers what was said of values by their bytes, so that no text is made of one that was seen before. Each hash has
 * one place; bytes are compared, so that a hostile value cannot pass for another. Memory is fixed.
 */
export class MaskCache {
  private readonly judge: (text: string) => number;
  private readonly width: number;
  private readonly bits: number;
  private readonly kept: Uint8Array;
  private readonly lengths: Uint8Array;
  private readonly masks: Int32Array;

  /** `judge` answers for a text; values longer than `width` bytes, at most 255, are judged each time. */
  constructor(judge: (text: string) => number, bits: number, width: number) {
    this.judge = judge;
    this.width = width;
    this.bits = bits;
    this.kept = new Uint8Array(width << bits);
    this.lengths = new Uint8Array(1 << bits);
    this.masks = new Int32Array(1 << bits);
  }

  /** The answer for the bytes from `from` to `to`, of which there is at least one; `hash` is theirs. */
  get(bytes: Buffer, from: number, to: number, hash: number): number {
    const length = to - from;
    if (length > this.width) return this.judge(bytes.toString('latin1', from, to));
    const { kept, width } = this;
    const place = (hash ^ (hash >>> 15)) & ((1 << this.bits) - 1);
    const base = place * width;
    if (this.lengths[place] === length) {
      let i = 0;
      while (i < length && kept[base + i] === bytes[from + i]) i++;
      if (i === length) return this.masks[place] ?? 0;
    }
    const mask = this.judge(bytes.toString('latin1', from, to));
    for (let i = 0; i < length; i++) kept[base + i] = bytes[from + i] ?? 0;
    this.lengths[place] = length;
    this.masks[place] = mask;
    return mask;
  }
}
