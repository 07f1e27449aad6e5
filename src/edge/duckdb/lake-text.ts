/** A backslash, or half of a surrogate pair without its other half. */
const special = /\\|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * Text of a JSON string as a database can keep it: ill-formed UTF-16 has no UTF-8, so a lone surrogate becomes `\udXXX`
 * and a backslash `\\`. Two texts never become the same one.
 */
export function toStored(text: string): string {
  return text.replace(special, (found) => (found === '\\' ? '\\\\' : `\\u${found.charCodeAt(0).toString(16)}`));
}

/** The text that `toStored` was given. */
export function fromStored(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\(?:\\|u([0-9a-f]{4}))/g, (_, code: string | undefined) =>
    code === undefined ? '\\' : String.fromCharCode(Number.parseInt(code, 16)),
  );
}
