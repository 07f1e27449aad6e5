import { RE2JS, RE2JSSyntaxException } from 're2js';

/** A pattern that matches anywhere in a text, in time linear in the text: log text is hostile. */
export interface Regex {
  matches(text: string): boolean;
}

/** `i` ignores case, `m` lets ^ and $ meet lines, `s` lets the dot meet newlines. */
export function compileRegex(source: string, flags: string): Regex | { readonly error: string } {
  let bits = 0;
  for (const flag of flags) {
    if (flag === 'i') bits |= RE2JS.CASE_INSENSITIVE;
    else if (flag === 'm') bits |= RE2JS.MULTILINE;
    else if (flag === 's') bits |= RE2JS.DOTALL;
    else return { error: `unknown flag "${flag}"` };
  }
  try {
    const pattern = RE2JS.compile(source, bits);
    return { matches: (text) => pattern.matcher(text).find() };
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) return { error: `not a regular expression of the RE2 syntax: ${error.message}` };
    return { error: `not a regular expression: ${error instanceof Error ? error.message : String(error)}` };
  }
}
