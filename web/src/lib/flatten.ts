/** One leaf of a JSON value: `Statement[0].Effect` and its text. */
export type Leaves = ReadonlyMap<string, string>;

const most = 400;

/** A JSON value as its leaves, by path; at most 400, since a policy of somebody else may be made to be large. */
export function flatten(value: unknown): Leaves {
  const leaves = new Map<string, string>();
  // What is not there has no leaves: it differs from what is there in every one of its fields.
  if (value !== null) walk(value, '', leaves);
  return leaves;
}

function walk(value: unknown, path: string, leaves: Map<string, string>): void {
  if (leaves.size >= most) return;
  if (Array.isArray(value) && value.length > 0) {
    value.forEach((item, index) => {
      walk(item, `${path}[${index}]`, leaves);
    });
  } else if (value !== null && typeof value === 'object' && Object.keys(value).length > 0) {
    for (const [name, item] of Object.entries(value)) walk(item, path === '' ? name : `${path}.${name}`, leaves);
  } else {
    leaves.set(path, typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
  }
}
