import type { Lists } from '../../model/rule.ts';

/** The lists that rules may name: with their entries, or declared, when their entries are known where rules run only. */
export interface KnownLists {
  readonly lists: Lists;
  readonly declared: ReadonlySet<string>;
}

/** A value that is one placeholder: it is asked in the list itself. */
interface WholeList {
  readonly list: string;
}

/** A value with placeholders in it becomes at most so many values. */
const mostInlined = 1_000;
const placeholder = /%([\w.-]+)%/g;

/**
 * Expands the placeholders `%name%` of a value. A placeholder that is the whole value stays the list where `asked`;
 * others are written out, one value for each entry, which is taken as it is: without wildcards. A text says why not.
 */
export function expand(value: string, asked: boolean, known: KnownLists): readonly string[] | WholeList | string {
  const names = [...value.matchAll(placeholder)].map((match) => match[1] ?? '');
  const unknown = names.find((name) => !known.lists.has(name) && !known.declared.has(name));
  const [name] = names;
  if (name === undefined) return `"${value}" has no placeholder such as %name%`;
  if (unknown !== undefined) return `no list is named "${unknown}": the known ones are ${namesOf(known)}`;
  if (asked && value === `%${name}%`) return { list: name };
  let texts = [value];
  for (const one of new Set(names)) {
    const entries = known.lists.get(one) ?? [];
    if (entries.length === 0) return `the list "${one}" has no entries here that could be written into "${value}"`;
    if (texts.length * entries.length > mostInlined) return `"${value}" would become more than ${mostInlined} values`;
    texts = texts.flatMap((text) => entries.map((entry) => text.replaceAll(`%${one}%`, () => entry.replace(/[\\*?]/g, '\\$&'))));
  }
  return texts;
}

function namesOf({ lists, declared }: KnownLists): string {
  const names = [...new Set([...lists.keys(), ...declared])].sort();
  return names.length === 0 ? 'none' : names.join(', ');
}
