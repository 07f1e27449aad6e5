import { Buffer } from 'node:buffer';
import type { RecordScanner, ScannedRecords } from '../../core/ports/record-scanner.ts';
import { scannerWasm } from './scanner-wasm.ts';
import { align, grow, instantiate, type Memory, page } from './wasm.ts';

/** So many different texts are kept, and so many bytes of them; then they are forgotten. Hostile logs bring any number. */
const mostTexts = 32_768;
const arenaBytes = 4 * 1024 * 1024;
const tableSlots = 65_536;
/** Larger objects are parsed: memory that was grown is never given back. */
const largestObject = 48 * 1024 * 1024;
/** Objects whose records are smaller than this on average are parsed: so many rows would take more memory than they save. */
const smallestRecord = 128;
/** So many records may be smaller. */
const smallRecords = 1_024;
/** Behind the input: the scanner reads 16 bytes at a time. */
const padding = 32;
const nodeBytes = 28;

interface Exports {
  readonly memory: Memory;
  configure(...numbers: readonly number[]): void;
  forget(): void;
  kept(): number;
  newValues(): number;
  scan(input: number, length: number, rows: number, most: number): number;
  hashOf(from: number, length: number): number;
}

interface Node {
  readonly number: number;
  readonly members: Map<string, Node>;
  column: number;
  span: number;
}

/** Opens a scanner in WebAssembly, with a memory of its own. */
export function openScanner(paths: readonly string[], spans: readonly string[] = []): RecordScanner {
  const wasm = instantiate(scannerWasm) as Exports;
  const inputAt = layOut(wasm, paths, spans);
  const width = 4 + paths.length + 2 * spans.length;
  const newsAt = inputAt.news;
  let anew = true;

  return {
    scan(bytes) {
      const { length } = bytes;
      if (length > largestObject || !beginsWell(bytes)) return null;
      const most = Math.floor(length / smallestRecord) + smallRecords;
      const rowsAt = align(inputAt.input + length + padding);
      grow(wasm.memory, rowsAt + most * width * 4);
      if (wasm.kept() > mostTexts / 2) {
        wasm.forget();
        anew = true;
      }
      const memory = new Uint8Array(wasm.memory.buffer);
      memory.set(bytes, inputAt.input);
      memory.fill(0, inputAt.input + length, inputAt.input + length + padding);
      const count = wasm.scan(inputAt.input, length, rowsAt, most);
      const texts = textsAt(wasm, newsAt, memory);
      if (count < 0) {
        // What was learned from an object that is parsed after all was not told to anybody.
        wasm.forget();
        anew = true;
        return null;
      }
      const scanned: ScannedRecords = { count, rows: new Int32Array(wasm.memory.buffer, rowsAt, count * width), width, anew, texts };
      anew = false;
      return scanned;
    },
  };
}

/** `{"Records"` with white space before it: else not even the bytes are brought over. */
function beginsWell(bytes: Uint8Array): boolean {
  let at = 0;
  while (isSpace(bytes[at])) at++;
  if (bytes[at++] !== 123) return false;
  while (isSpace(bytes[at])) at++;
  return bytes[at] === 34 && bytes[at + 1] === 82;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 32 || byte === 10 || byte === 13 || byte === 9;
}

function textsAt(wasm: Exports, at: number, memory: Uint8Array): ScannedRecords['texts'] {
  const count = wasm.newValues();
  const news = new Uint32Array(wasm.memory.buffer, at, count * 4);
  const bytes = Buffer.from(memory.buffer, memory.byteOffset, memory.byteLength);
  return Array.from({ length: count }, (_, i) => {
    const from = news[4 * i + 2] ?? 0;
    return { column: news[4 * i] ?? 0, number: news[4 * i + 1] ?? 0, text: bytes.toString('latin1', from, from + (news[4 * i + 3] ?? 0)) };
  });
}

/** Puts the tree of paths and the tables into memory; returns where the rest is. */
function layOut(wasm: Exports, paths: readonly string[], spans: readonly string[]): { readonly input: number; readonly news: number } {
  const nodes = treeOf(paths, spans);
  let at = page;
  const take = (bytes: number): number => {
    const from = at;
    at = align(at + bytes);
    grow(wasm.memory, at + page);
    return from;
  };
  const nodesAt = take(nodes.length * nodeBytes);
  const below = nodes.map(columnsBelow);
  const descendantsAt = take(below.flat().length * 4 + 4);
  let descendant = 0;
  for (const node of nodes) {
    const slots = sizeFor(node.members.size);
    const tableAt = node.members.size === 0 ? 0 : take(slots * 16);
    const columns = below[node.number] ?? [];
    write(wasm, nodesAt + node.number * nodeBytes, [tableAt, slots - 1, node.column, 0, descendant, columns.length, node.span]);
    write(wasm, descendantsAt + descendant * 4, columns);
    descendant += columns.length;
    for (const [name, child] of node.members) {
      const keyAt = take(name.length + 16);
      new Uint8Array(wasm.memory.buffer).set(Buffer.from(name, 'latin1'), keyAt);
      const hash = wasm.hashOf(keyAt, name.length) >>> 0;
      const table = new Uint32Array(wasm.memory.buffer, tableAt, slots * 4);
      let slot = hash & (slots - 1);
      while (table[slot * 4] !== 0) slot = (slot + 1) & (slots - 1);
      write(wasm, tableAt + slot * 16, [keyAt, name.length, child.number, hash]);
    }
  }
  const tableAt = take(tableSlots * 16);
  const arenaAt = take(arenaBytes);
  const countsAt = take(paths.length * 4 + 4);
  const news = take(mostTexts * 16);
  const find = (name: string) => nodes[0]?.members.get(name)?.number ?? -1;
  wasm.configure(
    nodesAt,
    descendantsAt,
    tableAt,
    tableSlots,
    mostTexts,
    arenaAt,
    arenaAt + arenaBytes,
    countsAt,
    news,
    paths.length,
    spans.length,
    find('eventSource'),
    find('eventName'),
    find('eventTime'),
  );
  return { input: take(0), news };
}

/** The tree of members that lead to the paths, the root first. A member of the record whose name is a whole path is told apart. */
function treeOf(paths: readonly string[], spans: readonly string[]): readonly Node[] {
  const nodes: Node[] = [];
  const make = (): Node => {
    const node: Node = { number: nodes.length, members: new Map(), column: -1, span: -1 };
    nodes.push(node);
    return node;
  };
  const root = make();
  const child = (node: Node, name: string): Node => {
    const known = node.members.get(name) ?? make();
    node.members.set(name, known);
    return known;
  };
  child(root, 'eventTime');
  for (const [column, path] of paths.entries()) {
    path.split('.').reduce(child, root).column = column;
    // A path is also looked for as the name of one member: such a record is left to others.
    if (path.includes('.')) child(root, path).column = -2;
  }
  for (const [span, path] of spans.entries()) path.split('.').reduce(child, root).span = span;
  return nodes;
}

function columnsBelow(node: Node): readonly number[] {
  return [...node.members.values()].flatMap((child) => [...(child.column >= 0 ? [child.column] : []), ...columnsBelow(child)]);
}

/** A power of two that leaves half of the slots empty. */
function sizeFor(count: number): number {
  let size = 4;
  while (size < 2 * count) size *= 2;
  return size;
}

function write({ memory }: Exports, at: number, numbers: readonly number[]): void {
  new Uint32Array(memory.buffer, at, numbers.length).set(numbers);
}
