import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { InputError } from '../core/model/errors.ts';

/** Reads a settings file (YAML) by its schema. Throws an InputError that names the line and what is wanted there. */
export function readYaml<T>(text: string, file: string, schema: z.ZodType<T>): T {
  const document = parseDocument(text, { uniqueKeys: true });
  const broken = document.errors[0];
  if (broken !== undefined) throw new InputError(broken.message.split('\n')[0] ?? 'not YAML', `${file}:${broken.linePos?.[0].line ?? 1}`);
  const parsed = schema.safeParse(document.toJS({ maxAliasCount: 10 }) ?? {});
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const path = issue?.path ?? [];
  // Of a name in a map, what is wrong with it is told below.
  const message = issue?.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue?.message;
  throw new InputError(`${path.join('.') || 'the file'}: ${message ?? 'not as wanted'}`, `${file}:${lineOf(text, document, path)}`);
}

/** The line of the deepest part of the path that the file has. */
function lineOf(text: string, document: ReturnType<typeof parseDocument>, path: readonly PropertyKey[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { readonly range?: readonly [number, number, number] | null } | undefined;
    if (node?.range) return text.slice(0, node.range[0]).split('\n').length;
  }
  return 1;
}
