/** A finding's sentence in two: what it is, which is its rule's title, and the rest; `rest` is empty where it does not begin so. */
export function splitMessage(message: string, title: string): { readonly what: string; readonly rest: string } {
  const start = `${title}: `;
  return message.startsWith(start) ? { what: title, rest: message.slice(start.length) } : { what: message, rest: '' };
}
