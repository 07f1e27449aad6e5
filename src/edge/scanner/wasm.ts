import { Buffer } from 'node:buffer';

export const page = 65_536;

export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What of WebAssembly's interface is used; it is no part of the types that we compile with. */
interface Engine {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

const compiled = new Map<string, object>();

/** What a module exports, with a memory of its own; it is compiled once. */
export function instantiate(base64: string, imports: object = {}): unknown {
  const { Module, Instance } = (globalThis as unknown as { readonly WebAssembly: Engine }).WebAssembly;
  const module = compiled.get(base64) ?? new Module(Buffer.from(base64, 'base64'));
  compiled.set(base64, module);
  return new Instance(module, imports).exports;
}

/** Makes a memory at least this long. Its buffer may be another behind it. */
export function grow(memory: Memory, bytes: number): void {
  const missing = bytes - memory.buffer.byteLength;
  if (missing > 0) memory.grow(Math.ceil(missing / page));
}

export function align(at: number): number {
  return (at + 63) & ~63;
}
