/** A text as an SQL literal. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** A path where DuckDB expects a pattern: wildcards stand for themselves. */
export function asPattern(path: string): string {
  return path.replace(/[*?[]/g, (wildcard) => `[${wildcard}]`);
}
