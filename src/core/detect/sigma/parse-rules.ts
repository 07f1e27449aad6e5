import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';
import type { CorrelationRule, EventRule, Expr, Lists, ResourcePath, Rule, RuleFault, Test } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import { ConditionError, parseCondition } from './condition.ts';
import { type Aliases, type Counts, correlationOf, countsOf } from './correlation.ts';
import type { KnownLists } from './expand.ts';
import { type Asked, askedBy } from './logsource.ts';
import { checkModifiers, testsOf } from './value-tests.ts';
import { keyOf, optionalText, RuleError, scalarOf, texts } from './yaml-node.ts';

/** A file of rules; `id` is the readable id of our own units, foreign rules have their UUID. */
export interface RuleFile {
  readonly file: string;
  readonly text: string;
  readonly id?: string;
}

/** The named lists that `expand` refers to. */
export interface ListOptions {
  readonly lists?: Lists;
  /** Names of lists whose entries are known where the rules run only: see `ruleSet`. */
  readonly declared?: Iterable<string>;
}

/** What the parser of one rule knows of the rest. */
interface Known {
  readonly fields: Asked['fields'];
  readonly lists: KnownLists;
}

export interface ParsedRules {
  readonly rules: readonly Rule[];
  readonly faults: readonly RuleFault[];
}

/** What a rule file says before its references to other rules are resolved. */
interface Draft {
  readonly rule: Rule;
  /** Of an event rule: its category's names of fields. */
  readonly fields: Asked['fields'];
  /** Of a correlation, by what it calls the rules. */
  readonly aliases: Aliases;
  readonly name: string | null;
  readonly line: number;
  /** Of a correlation: its base rules raise findings of their own too. */
  readonly generate: boolean;
}

const maxText = 1_000_000;
const maxDepth = 50;

/** Parses the rules of one file; references resolve inside this file. */
export function parseRules(text: string, file: string, id?: string): ParsedRules {
  return loadRules([id === undefined ? { file, text } : { file, text, id }]);
}

/**
 * Parses rule files and resolves the references between them. A rule that cannot be compiled is refused with file,
 * line and reason, and the others are returned. The result does not depend on the order of the files.
 */
export function loadRules(files: readonly RuleFile[], { lists = new Map(), declared = [] }: ListOptions = {}): ParsedRules {
  const faults: RuleFault[] = [];
  const known = { lists, declared: new Set(declared) };
  const drafts = [...files]
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
    .flatMap((file) => draftsOf(file, known, faults));
  return { rules: link(drafts, faults), faults };
}

function draftsOf({ file, text, id }: RuleFile, lists: KnownLists, faults: RuleFault[]): Draft[] {
  if (text.length > maxText) {
    faults.push({ file, line: 1, reason: `longer than ${maxText} characters` });
    return [];
  }
  const lines = new LineCounter();
  const lineOf = (node: Node | null | undefined) => (node?.range ? lines.linePos(node.range[0]).line : 1);
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true, version: '1.2' });
  if (!Array.isArray(documents)) return [];
  const drafts: Draft[] = [];
  const real = documents.filter((document) => document.contents !== null);
  for (const document of real) {
    const broken = document.errors[0];
    if (broken !== undefined) {
      faults.push({
        file,
        line: lines.linePos(broken.pos[0]).line,
        reason: `not YAML: ${broken.message.split('\n')[0]?.replace(/ at line .*$/, '') ?? ''}`,
      });
      continue;
    }
    try {
      const root = document.contents;
      if (!isMap(root)) throw new RuleError('a rule is a map', root);
      drafts.push(...draftsOfRule(root, { file, id, several: real.length > 1, line: lineOf(root) }, lists));
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      faults.push({ file, line: lineOf(error.node), reason: error.message });
    }
  }
  return drafts;
}

/** A document: its file, the id that the file gives it, whether the file has others, and its line. */
interface Place {
  readonly file: string;
  readonly id: string | undefined;
  readonly several: boolean;
  readonly line: number;
}

/** One draft; two for a rule whose condition counts in the old way: the rule and the correlation that it means. */
function draftsOfRule(root: YAMLMap, place: Place, lists: KnownLists): Draft[] {
  const { file, id, several, line } = place;
  const name = optionalText(root, 'name');
  const uuid = optionalText(root, 'id');
  const correlation = root.get('correlation', true) as Node | undefined;
  const title = optionalText(root, 'title') ?? name ?? '';
  if (title === '') throw new RuleError('a title is missing', root);
  const tags = texts(root.get('tags', true) as Node | undefined).map((tag) => tag.toLowerCase());
  const attack = tags.filter((tag) => tag.startsWith('attack.')).map((tag) => tag.slice('attack.'.length).replaceAll('_', '-'));
  const technique = /^t\d{4}(\.\d{3})?$/;
  const fallback = uuid ?? name ?? file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  // Of several documents in one of our files the correlation bears the unit's id; what feeds it adds its name.
  const own = id === undefined ? undefined : several && correlation === undefined ? `${id}.${name ?? uuid ?? 'base'}` : id;
  const head = {
    id: own ?? fallback,
    uuid,
    major: majorOf(root),
    title,
    description: optionalText(root, 'description') ?? '',
    severity: severityOf(root),
    techniques: sorted(attack.filter((tag) => technique.test(tag)).map((tag) => tag.toUpperCase())),
    tactics: sorted(attack.filter((tag) => !/^[tgsm]\d{4}/.test(tag))),
    falsePositives: texts(root.get('falsepositives', true) as Node | undefined),
    ...(tags.includes('jobzero.insecure-behaviour') ? { insecureBehaviour: true as const } : {}),
    file,
    raises: true,
  };
  if (correlation !== undefined) {
    if (!isMap(correlation)) throw new RuleError('"correlation" is a map', correlation);
    const generate = (correlation.get('generate') ?? root.get('generate')) === true;
    const { aliases, ...rest } = correlationOf(correlation);
    return [{ rule: { ...head, kind: 'correlation', ...rest }, fields: new Map(), aliases, name, line, generate }];
  }
  const { sources, fields } = logsourceOf(root);
  const { when, counts } = whenOf(root, { fields, lists });
  const event: EventRule = { ...head, kind: 'event', sources, when, resource: resourceOf(root, fields), keep: keepOf(root, fields) };
  if (counts === null) return [{ rule: event, fields, aliases: new Map(), name, line, generate: false }];
  const base = { ...event, id: `${head.id}.counted`, uuid: null };
  return [
    { rule: base, fields, aliases: new Map(), name: null, line, generate: false },
    {
      rule: { ...head, kind: 'correlation', rules: [base.id], ...counts },
      fields: new Map(),
      aliases: new Map(),
      name,
      line,
      generate: false,
    },
  ];
}

function logsourceOf(root: YAMLMap): Asked {
  const node = root.get('logsource', true) as Node | undefined;
  if (!isMap(node)) throw new RuleError('"logsource" is missing', root);
  const [product, service, category] = ['product', 'service', 'category'].map((key) => optionalText(node, key)?.toLowerCase() ?? null);
  const asked = askedBy({ product: product ?? null, service: service ?? null, category: category ?? null });
  if (typeof asked === 'string') throw new RuleError(asked, node);
  return asked;
}

function whenOf(root: YAMLMap, known: Known): { readonly when: Expr; readonly counts: Counts | null } {
  const detection = root.get('detection', true) as Node | undefined;
  if (!isMap(detection)) throw new RuleError('"detection" is missing', root);
  const searches = new Map<string, Expr>();
  let condition: Node | undefined;
  for (const pair of detection.items) {
    const name = keyOf(pair);
    if (name === 'condition') condition = pair.value as Node;
    else if (name !== 'timeframe') searches.set(name, searchOf(pair.value as Node, known, 0));
  }
  const conditions = condition === undefined ? [] : isSeq(condition) ? condition.items : [condition];
  if (conditions.length === 0) throw new RuleError('"condition" is missing', detection);
  let counts: Counts | null = null;
  const of = conditions.map((node) => {
    if (!isScalar(node) || typeof node.value !== 'string') throw new RuleError('a condition is a text', node as Node);
    const [text = '', aggregation] = splitAt(node.value, '|');
    if (aggregation !== undefined) {
      if (conditions.length > 1) throw new RuleError('a condition that counts stands alone', node);
      counts = countsOf(aggregation, detection, node);
    }
    try {
      return parseCondition(text, searches);
    } catch (error) {
      if (error instanceof ConditionError) throw new RuleError(error.message, node);
      throw error;
    }
  });
  return { when: joined('or', of), counts };
}

function splitAt(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

/** A search: a map (all of it), a list of maps (any of them), or keywords (any of them, anywhere in the event). */
function searchOf(node: Node, known: Known, depth: number): Expr {
  if (depth > maxDepth) throw new RuleError(`nested deeper than ${maxDepth}`, node);
  if (isMap(node)) {
    if (node.items.length === 0) throw new RuleError('an empty search', node);
    return joined(
      'and',
      node.items.map((pair) => fieldOf(pair, known)),
    );
  }
  if (isSeq(node)) {
    if (node.items.length === 0) throw new RuleError('an empty search', node);
    return joined(
      'or',
      node.items.map((item) => searchOf(item as Node, known, depth + 1)),
    );
  }
  return keyword(node, ['contains'], known);
}

function keyword(node: Node, modifiers: readonly string[], { lists }: Known): Expr {
  const tests = testsOf(scalarOf(node), modifiers, lists);
  if (typeof tests === 'string') throw new RuleError(tests, node);
  return joined(
    'or',
    tests.map((test) => ({ op: 'keyword', test })),
  );
}

function fieldOf(pair: Pair, known: Known): Expr {
  const key = keyOf(pair);
  const [name = '', ...modifiers] = key.split('|');
  const path = known.fields.get(name) ?? name;
  const keyNode = pair.key as Node;
  const wrong = checkModifiers(modifiers);
  if (wrong !== null) throw new RuleError(wrong, keyNode);
  const value = pair.value as Node | null;
  const values: readonly (Node | null)[] = isSeq(value) ? (value.items as Node[]) : [value];
  if (values.length === 0) throw new RuleError(`"${key}" has an empty list`, keyNode);
  const plain = modifiers.filter((modifier) => modifier !== 'all' && modifier !== 'neq');
  if (modifiers.includes('fieldref') && path === '') throw new RuleError('"fieldref" wants a field', keyNode);
  const of = values.map((node): Expr => {
    if (path === '') return keyword(node ?? keyNode, plain.length === 0 ? ['contains'] : plain, known);
    const tests = testsOf(node === null ? null : scalarOf(node), plain, known.lists);
    if (typeof tests === 'string') throw new RuleError(tests, node ?? keyNode);
    return joined(
      'or',
      tests.map((test) => ({ op: 'field', path, test: translated(test, known.fields) })),
    );
  });
  const all = joined(modifiers.includes('all') ? 'and' : 'or', of);
  return modifiers.includes('neq') ? { op: 'not', of: all } : all;
}

function translated(test: Test, fields: Asked['fields']): Test {
  return test.is === 'fieldref' ? { ...test, path: fields.get(test.path) ?? test.path } : test;
}

/** Resolves what correlations refer to, refuses doubles, and silences rules that only feed correlations. */
function link(drafts: readonly Draft[], faults: RuleFault[]): Rule[] {
  const byRef = new Map<string, Draft>();
  const kept: Draft[] = [];
  const ids = new Set<string>();
  for (const draft of drafts) {
    if (ids.has(draft.rule.id)) {
      faults.push({ file: draft.rule.file, line: draft.line, reason: `another rule has the id "${draft.rule.id}" already` });
      continue;
    }
    ids.add(draft.rule.id);
    kept.push(draft);
    const { id, uuid, file } = draft.rule;
    for (const ref of [id, uuid, draft.name, inFile(file, draft.name)]) if (ref !== null && !byRef.has(ref)) byRef.set(ref, draft);
  }
  const silent = new Set<string>();
  const loud = new Set<string>();
  const rules: Rule[] = [];
  for (const { rule, line, generate, aliases } of kept) {
    if (rule.kind === 'event') continue;
    const targets = rule.rules.map((ref) => {
      // Two files may use one name: the own file's is meant.
      const draft = byRef.get(inFile(rule.file, ref) ?? ref) ?? byRef.get(ref);
      return {
        refs: [ref, draft?.name, draft?.rule.id, draft?.rule.uuid],
        rule: draft?.rule,
        fields: draft?.fields ?? new Map<string, string>(),
      };
    });
    const missing = targets.find((target) => target.rule?.kind !== 'event');
    if (missing !== undefined) {
      const what = missing.rule === undefined ? 'is not here' : 'is a correlation itself, which is not supported';
      faults.push({ file: rule.file, line, reason: `it refers to the rule "${missing.refs[0]}", which ${what}` });
      continue;
    }
    const stranger = [...aliases.values()].flatMap((of) => [...of.keys()]).find((ref) => !targets.some(({ refs }) => refs.includes(ref)));
    if (stranger !== undefined) {
      faults.push({ file: rule.file, line, reason: `an alias is of the rule "${stranger}", which the correlation is not over` });
      continue;
    }
    const resolved = targets.flatMap((target) => target.rule?.id ?? []);
    for (const id of resolved) (generate ? loud : silent).add(id);
    rules.push({ ...rule, rules: resolved, ...aliasesOf(rule, aliases, targets) });
  }
  for (const { rule } of kept) {
    if (rule.kind === 'event') rules.push({ ...rule, raises: loud.has(rule.id) || !silent.has(rule.id) });
  }
  return rules.sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A rule that a correlation is over, with all that it may be called. */
interface Target {
  readonly refs: readonly (string | null | undefined)[];
  readonly rule: Rule | undefined;
  readonly fields: Asked['fields'];
}

/** Where a rule's events have what the correlation groups by or counts under another name. */
function aliasesOf({ groupBy, field }: CorrelationRule, named: Aliases, targets: readonly Target[]): Pick<CorrelationRule, 'aliases'> {
  const aliases = [...groupBy, ...(field === null ? [] : [field])].flatMap((name) => {
    const paths = targets.flatMap(({ refs, rule, fields }) => {
      const alias = refs.flatMap((ref) => named.get(name)?.get(ref ?? '') ?? [])[0];
      const path = fields.get(alias ?? name) ?? alias;
      return rule === undefined || path === undefined ? [] : [[rule.id, path] as const];
    });
    return paths.length === 0 ? [] : [[name, Object.fromEntries(paths)] as const];
  });
  return aliases.length === 0 ? {} : { aliases: Object.fromEntries(aliases) };
}

/** A rule's name within its file, as a key that no id or name can be. */
function inFile(file: string, name: string | null): string | null {
  return name === null ? null : `${file}\u0000${name}`;
}

function majorOf(root: YAMLMap): number {
  const major = root.get('major') ?? 1;
  if (typeof major !== 'number' || !Number.isInteger(major) || major < 1)
    throw new RuleError('"major" is a whole number from 1', root.get('major', true) as Node);
  return major;
}

const levels: { readonly [level: string]: Severity } = {
  informational: 'Informational',
  low: 'Low',
  medium: 'Medium',
  high: 'High',
  critical: 'Critical',
};

function severityOf(root: YAMLMap): Severity {
  const level = optionalText(root, 'level') ?? 'medium';
  const severity = levels[level.toLowerCase()];
  if (severity === undefined)
    throw new RuleError(`the level "${level}" is none of ${Object.keys(levels).join(', ')}`, root.get('level', true) as Node);
  return severity;
}

function resourceOf(root: YAMLMap, fields: Asked['fields']): ResourcePath | null {
  const node = root.get('resource', true) as Node | undefined;
  if (node === undefined) return null;
  const pathsOf = (paths: Node | undefined) => texts(paths).map((path) => fields.get(path) ?? path);
  if (isScalar(node)) return { type: '', paths: pathsOf(node) };
  if (!isMap(node)) throw new RuleError('"resource" is a path, or a map of type and path', node);
  return { type: optionalText(node, 'type') ?? '', paths: pathsOf(node.get('path', true) as Node | undefined) };
}

function keepOf(root: YAMLMap, fields: Asked['fields']): EventRule['keep'] {
  const node = root.get('keep', true) as Node | undefined;
  if (node === undefined) return {};
  if (!isMap(node)) throw new RuleError('"keep" is a map of names and paths', node);
  const pathOf = (path: string) => fields.get(path) ?? path;
  return Object.fromEntries(node.items.map((pair) => [keyOf(pair), pathOf(String(scalarOf(pair.value as Node)))]));
}

function joined(op: 'and' | 'or', of: readonly Expr[]): Expr {
  return of.length === 1 && of[0] !== undefined ? of[0] : { op, of };
}

function sorted(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}
