import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../core/model/errors.ts';

/**
 * Functions that give a table and do nothing else. Others read files, take SQL as text, or change the logging of the process
 * although they stand in a SELECT (`enable_logging`), so what is not here is refused.
 */
const harmless: ReadonlySet<string> = new Set(['generate_series', 'json_each', 'json_tree', 'range', 'repeat', 'unnest']);

/** Throws InputError unless the text is one SELECT that calls no other table functions than these. */
export async function checkReadsOnly(connection: DuckDBConnection, sql: string): Promise<void> {
  const prepared = await connection.prepare('select json_serialize_sql($1::varchar)');
  prepared.bindVarchar(1, sql);
  const [row] = await (await prepared.run()).getRows();
  const tree = JSON.parse(String(row?.[0])) as {
    readonly error?: boolean;
    readonly error_message?: string;
    readonly statements?: readonly unknown[];
  };
  if (tree.error === true) throw new InputError(messageOf(tree.error_message ?? 'cannot be parsed'), 'query');
  if (tree.statements?.length !== 1) throw new InputError('is not one statement; one is asked at a time', 'query');
  const stack: unknown[] = [...tree.statements];
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) {
    if (typeof node !== 'object' || node === null) continue;
    const { type, function: called } = node as { readonly type?: unknown; readonly function?: { readonly function_name?: unknown } };
    if (type === 'TABLE_FUNCTION') {
      const name = String(called?.function_name).toLowerCase();
      if (!harmless.has(name)) throw new InputError(`${name}() may not be called here`, 'query');
    }
    for (const part of Object.values(node)) if (typeof part === 'object' && part !== null) stack.push(part);
  }
}

function messageOf(message: string): string {
  return message.startsWith('Only SELECT') ? 'only reads are allowed: SELECT, or WITH ... SELECT' : message;
}
