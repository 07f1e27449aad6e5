/** How deep causes are told. */
const deepest = 4;

/** What an error says, with what caused it: whoever is told of a trouble has nothing else to go by. */
export function saysOfError(error: unknown): string {
  const says: string[] = [];
  for (let at = error; at !== undefined && says.length < deepest; at = at instanceof Error ? at.cause : undefined) {
    const one = at instanceof Error ? at.message : String(at);
    if (!says.some((before) => before.includes(one))) says.push(one);
  }
  return says.join(': ');
}
