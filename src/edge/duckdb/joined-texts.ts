import { Buffer } from 'node:buffer';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** DuckDB keeps a text in 16 bytes: its length, and the text itself up to this length, else a part of it and where it lies. */
const inline = 12;

/**
 * The texts of many rows as bytes, one after another with `,` between, behind `head` and before `tail`. Fetching texts one by one
 * costs some 4 us each; those of a chunk lie side by side in memory, and all that do are fetched at once. One is made for all chunks.
 */
export class JoinedTexts {
  /** Valid until the next `take`. */
  bytes: Buffer = Buffer.alloc(0);
  /** Where each text begins and ends in `bytes`. */
  bounds = new Uint32Array(0);
  private readonly head: Buffer;
  private readonly tail: Buffer;
  private memory = Buffer.alloc(1 << 20);

  constructor(head: string, tail: string) {
    this.head = Buffer.from(head);
    this.tail = Buffer.from(tail);
  }

  /**
   * Takes a column of texts (varchar). `instead` may give other bytes for a row. False where a text is missing (null), which the caller
   * did not ask for.
   */
  take(chunk: DuckDBDataChunk, column: number, instead: ReadonlyMap<number, Buffer>): boolean {
    const count = chunk.rowCount;
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
    if (!isWhole(vector, count)) return false;
    const data = duckdb.vector_get_data(vector, count * 16);
    const words = new Uint32Array(data.buffer, data.byteOffset, count * 4);
    const lengthOf = (row: number) => words[4 * row] ?? 0;
    this.reserve(count, lengthOf, instead);
    let at = this.head.copy(this.memory);
    const put = (row: number, source: Buffer, from: number, length: number) => {
      if (row > 0) this.memory[at++] = 0x2c;
      this.bounds[2 * row] = at;
      at += source.copy(this.memory, at, from, from + length);
      this.bounds[2 * row + 1] = at;
    };
    for (let row = 0; row < count; ) {
      const length = lengthOf(row);
      const other = instead.get(row);
      if (other !== undefined || length <= inline) {
        if (other !== undefined) put(row, other, 0, other.length);
        else put(row, bufferOver(data), 16 * row + 4, length);
        row++;
        continue;
      }
      // Only what begins exactly where the text before it ends is fetched with it: no byte is read that is of no text.
      let end = row + 1;
      let total = length;
      while (end < count && lengthOf(end) > inline && !instead.has(end) && follows(words, end, lengthOf(end - 1))) total += lengthOf(end++);
      const run = bufferOver(duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + 16 * row + 8, total));
      for (let from = 0; row < end; row++) {
        put(row, run, from, lengthOf(row));
        from += lengthOf(row);
      }
    }
    at += this.tail.copy(this.memory, at);
    this.bytes = this.memory.subarray(0, at);
    return true;
  }

  private reserve(count: number, lengthOf: (row: number) => number, instead: ReadonlyMap<number, Buffer>): void {
    let size = this.head.length + this.tail.length + count;
    for (let row = 0; row < count; row++) size += instead.get(row)?.length ?? lengthOf(row);
    if (size > this.memory.length) this.memory = Buffer.alloc(Math.max(size, 2 * this.memory.length));
    this.bounds = new Uint32Array(2 * count);
  }
}

function bufferOver({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, length);
}

/** Does the text of this row begin where that of the row before, of this length, ends? Addresses are two words, the lower one first. */
function follows(words: Uint32Array, row: number, lengthBefore: number): boolean {
  const end = (words[4 * row - 2] ?? 0) + lengthBefore;
  return end <= 0xffffffff && words[4 * row + 2] === end && words[4 * row + 3] === words[4 * row - 1];
}

function isWhole(vector: Parameters<typeof duckdb.vector_get_validity>[0], count: number): boolean {
  const bytes: Uint8Array | null = duckdb.vector_get_validity(vector, Math.ceil(count / 64) * 8);
  if (bytes === null) return true;
  for (let row = 0; row < count; row++) if ((((bytes[row >> 3] ?? 0) >> (row & 7)) & 1) === 0) return false;
  return true;
}
