/** PostgreSQL's text cannot hold U+0000, and log records can: it becomes U+FFFD. Documents are not touched by this. */
export function pgText(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\ufffd') : text;
}
