import { isScalar, isSeq, type Node, type Pair, type YAMLMap } from 'yaml';

/** A reason with the node that it is about. */
export class RuleError extends Error {
  readonly node: Node | null;
  constructor(message: string, node: Node | null) {
    super(message);
    this.node = node;
  }
}

export function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : '';
}

export function scalarOf(node: Node): string | number | bigint | boolean | null {
  if (!isScalar(node)) throw new RuleError('a text, number, true, false or null is wanted here', node);
  const { value } = node;
  // The text as written keeps 012345678901 and 1e3 what the author meant: digits, not a number.
  if (typeof value === 'number' && node.source !== undefined) return node.source;
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return value;
  if (value === undefined) return null;
  throw new RuleError('a text, number, true, false or null is wanted here', node);
}

export function optionalText(map: YAMLMap, key: string): string | null {
  const node = map.get(key, true) as Node | undefined;
  if (node === undefined || !isScalar(node) || node.value === null) return null;
  return String(node.value);
}

export function texts(node: Node | undefined): string[] {
  if (node === undefined) return [];
  if (isSeq(node)) return node.items.map((item) => String(scalarOf(item as Node)));
  if (isScalar(node)) return node.value === null ? [] : [String(node.value)];
  return [];
}
