/**
 * The one case folding: Sigma compares without case unless a modifier says otherwise. Simple Unicode lower-casing by
 * the language's own, locale-free rules, so that every engine that compares, compares alike.
 */
export function fold(text: string): string {
  return text.toLowerCase();
}
