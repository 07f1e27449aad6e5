import type { Io } from './io.ts';

/** A result as indented JSON, for programs. Ill-formed text is escaped by JSON.stringify itself. */
export async function printJson(io: Io, value: unknown): Promise<void> {
  await io.out.write(`${JSON.stringify(value, null, 2)}\n`);
}
