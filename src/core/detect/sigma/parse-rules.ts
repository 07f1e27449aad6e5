import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseAllDocuments, type YAMLMap } from 'yaml';
import type { CorrelationRule, EventRule, Expr, Lists, ResourcePath, Rule, RuleFault, RuleFilter, Test } from '../../model/rule.ts';
import type { Severity } from '../../model/severity.ts';
import { ConditionError, parseCondition } from './condition.ts';
import { type Aliases, type Counts, correlationOf, countsOf } from './correlation.ts';
import type { KnownLists } from './expand.ts';
import { type Asked, askedBy } from './logsource.ts';
import { nestedIn } from './nested-in.ts';
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
  /** The Sigma filters, which are not applied to anything: `withFilters` does. Names of rules of these files are their ids by then. */
  readonly filters: readonly RuleFilter[];
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
  /** Of a correlation: the lines of the whole, of `rules` and of `group-by`. */
  readonly at: { readonly whole: number; readonly rules: number; readonly groupBy: number };
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
  const filters: RuleFilter[] = [];
  const drafts = [...files]
    .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0))
    .flatMap((file) => draftsOf(file, known, filters, faults));
  const { rules, idOf } = link(drafts, faults);
  return {
    rules,
    filters: filters.map((filter) => ({ ...filter, rules: filter.rules === 'any' ? 'any' : filter.rules.map(idOf) })),
    faults,
  };
}

function draftsOf({ file, text, id }: RuleFile, lists: KnownLists, filters: RuleFilter[], faults: RuleFault[]): Draft[] {
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
  let hasCorrelation = false;
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
      if (root.has('filter')) {
        filters.push(filterOf(root, file, lineOf(root), lists));
        continue;
      }
      const isCorrelation = root.has('correlation');
      const bearsId = real.length === 1 || (isCorrelation && !hasCorrelation);
      hasCorrelation ||= isCorrelation;
      drafts.push(...draftsOfRule(root, { file, id, bearsId, lineOf }, lists));
    } catch (error) {
      if (!(error instanceof RuleError)) throw error;
      faults.push({ file, line: lineOf(error.node), reason: error.message });
    }
  }
  return drafts;
}

/** A document: its file, the id that the file gives, whether it is the one that bears it, and where its lines are. */
interface Place {
  readonly file: string;
  readonly id: string | undefined;
  readonly bearsId: boolean;
  readonly lineOf: (node: Node | null | undefined) => number;
}

/** One draft; two for a rule whose condition counts in the old way: the rule and the correlation that it means. */
function draftsOfRule(root: YAMLMap, place: Place, lists: KnownLists): Draft[] {
  const { file, id, bearsId, lineOf } = place;
  const line = lineOf(root);
  const at = { whole: line, rules: line, groupBy: line };
  const name = optionalText(root, 'name');
  const uuid = optionalText(root, 'id');
  const correlation = root.get('correlation', true) as Node | undefined;
  const title = optionalText(root, 'title') ?? name ?? '';
  if (title === '') throw new RuleError('a title is missing', root);
  const tags = texts(root.get('tags', true) as Node | undefined).map((tag) => tag.toLowerCase());
  const attack = tags.filter((tag) => tag.startsWith('attack.')).map((tag) => tag.slice('attack.'.length).replaceAll('_', '-'));
  const technique = /^t\d{4}(\.\d{3})?$/;
  const fallback = uuid ?? name ?? file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  // Of several documents in one of our files the first correlation bears the unit's id; what feeds it adds its name.
  const own = id === undefined || bearsId ? id : `${id}.${name ?? uuid ?? 'base'}`;
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
    const [rules, groupBy] = ['rules', 'group-by'].map((key) => lineOf((correlation.get(key, true) as Node | undefined) ?? correlation));
    const lines = { whole: line, rules: rules ?? line, groupBy: groupBy ?? line };
    return [{ rule: { ...head, kind: 'correlation', ...rest }, fields: new Map(), aliases, name, line, at: lines, generate }];
  }
  const { sources, fields } = logsourceOf(root);
  const detection = root.get('detection', true) as Node | undefined;
  if (!isMap(detection)) throw new RuleError('"detection" is missing', root);
  const { when, counts } = whenOf(detection, { fields, lists });
  const event: EventRule = { ...head, kind: 'event', sources, when, resource: resourceOf(root, fields), keep: keepOf(root, fields) };
  if (counts === null) return [{ rule: event, fields, aliases: new Map(), name, line, at, generate: false }];
  const base = { ...event, id: `${head.id}.counted`, uuid: null };
  return [
    { rule: base, fields, aliases: new Map(), name: null, line, at, generate: false },
    {
      rule: { ...head, kind: 'correlation', rules: [base.id], ...counts },
      fields: new Map(),
      aliases: new Map(),
      name,
      line,
      at,
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

/** A filter as the specification of Sigma filters has it: it names the rules that it narrows, or `any`. */
function filterOf(root: YAMLMap, file: string, line: number, lists: KnownLists): RuleFilter {
  const id = optionalText(root, 'id') ?? file.replace(/^.*\//, '').replace(/\.ya?ml$/, '');
  const title = optionalText(root, 'title') ?? '';
  if (title === '') throw new RuleError('a title is missing', root);
  const filter = root.get('filter', true) as Node | undefined;
  if (!isMap(filter)) throw new RuleError('"filter" is a map', filter ?? root);
  const named = filter.get('rules', true) as Node | undefined;
  const rules = isScalar(named) && named.value === 'any' ? 'any' : texts(named);
  if (rules.length === 0) throw new RuleError('"rules" names the rules that are filtered, or is "any"', named ?? filter);
  const { sources, fields } = logsourceOf(root);
  const { when, counts } = whenOf(filter, { fields, lists }, filterKeys);
  if (counts !== null) throw new RuleError('the condition of a filter does not count', filter);
  return { id, title, file, line, rules, sources, when };
}

const detectionKeys: ReadonlySet<string> = new Set(['timeframe']);
const filterKeys: ReadonlySet<string> = new Set(['rules', 'timeframe']);

/** The searches of a map and the condition over them; keys of `others` are neither. */
function whenOf(
  detection: YAMLMap,
  known: Known,
  others: ReadonlySet<string> = detectionKeys,
): { readonly when: Expr; readonly counts: Counts | null } {
  const searches = new Map<string, Expr>();
  let condition: Node | undefined;
  for (const pair of detection.items) {
    const name = keyOf(pair);
    if (name === 'condition') condition = pair.value as Node;
    else if (!others.has(name)) searches.set(name, searchOf(pair.value as Node, known, 0));
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

/**
 * Resolves what correlations refer to, refuses doubles, and silences rules that only feed correlations. `idOf` is the id of the rule that a
 * reference means, or the reference itself where it means none of these.
 */
function link(drafts: readonly Draft[], faults: RuleFault[]): { readonly rules: Rule[]; readonly idOf: (ref: string) => string } {
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
  /** Null where a correlation is refused; what ends in a circle is never there. */
  const linked = new Map<Draft, CorrelationRule | null>();

  /** The correlation with what it refers to, all of which is linked. */
  function linkOne({ draft: { aliases, generate }, rule, refs }: Waiting): CorrelationRule | Fault {
    const targets: Target[] = [];
    for (const { ref, draft } of refs) {
      const of = draft?.rule.kind === 'event' ? draft.rule : draft === undefined ? undefined : linked.get(draft);
      const why = of === undefined ? (draft === undefined ? 'is not here' : 'ends in a circle') : 'is refused itself';
      if (of === undefined || of === null) return { reason: `it refers to the rule "${ref}", which ${why}`, at: 'rules' };
      targets.push({ refs: [ref, draft?.name ?? null, of.id, of.uuid], rule: of, fields: draft?.fields ?? new Map<string, string>() });
    }
    const stranger = [...aliases.values()].flatMap((of) => [...of.keys()]).find((ref) => !targets.some(({ refs }) => refs.includes(ref)));
    if (stranger !== undefined) return { reason: `an alias is of the rule "${stranger}", which the correlation is not over`, at: 'whole' };
    const resolved: CorrelationRule = { ...rule, rules: targets.map((target) => target.rule.id), ...aliasesOf(rule, aliases, targets) };
    const inner = targets.flatMap((target) => (target.rule.kind === 'correlation' ? [target.rule] : []));
    const nested = nestedIn(resolved, inner);
    if ('reason' in nested) return nested;
    for (const id of resolved.rules) (generate ? loud : silent).add(id);
    return nested.rules.length === 0 ? resolved : { ...resolved, nested: nested.rules };
  }

  for (const item of innermostFirst(kept, byRef)) {
    const { draft } = item;
    const made = linkOne(item);
    if (item.open === 0) linked.set(draft, 'reason' in made ? null : made);
    if ('reason' in made) faults.push({ file: draft.rule.file, line: draft.at[made.at], reason: made.reason });
  }
  const rules = kept
    .flatMap((draft) => (draft.rule.kind === 'event' ? draft.rule : (linked.get(draft) ?? [])))
    .map((rule): Rule => ({ ...rule, raises: loud.has(rule.id) || !silent.has(rule.id) }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  return { rules, idOf: (ref) => byRef.get(ref)?.rule.id ?? ref };
}

/** What a correlation calls a rule, and the rule; undefined where there is none. */
interface Ref {
  readonly ref: string;
  readonly draft: Draft | undefined;
}

/** A correlation that waits for `open` others. */
interface Waiting {
  readonly draft: Draft;
  readonly rule: CorrelationRule;
  readonly refs: readonly Ref[];
  open: number;
}

interface Fault {
  readonly reason: string;
  readonly at: keyof Draft['at'];
}

/** The correlations with what they refer to, those below before those over them; at the end those that end in a circle. */
function innermostFirst(drafts: readonly Draft[], byRef: ReadonlyMap<string, Draft>): readonly Waiting[] {
  const waiting = new Map<Draft, Waiting>();
  const over = new Map<Draft, Draft[]>();
  for (const draft of drafts) {
    const { rule } = draft;
    if (rule.kind === 'event') continue;
    // Two files may use one name: the own file's is meant.
    const refs = rule.rules.map((ref) => ({ ref, draft: byRef.get(inFile(rule.file, ref) ?? ref) ?? byRef.get(ref) }));
    const inner = new Set(refs.flatMap((one) => (one.draft?.rule.kind === 'correlation' ? [one.draft] : [])));
    waiting.set(draft, { draft, rule, refs, open: inner.size });
    for (const one of inner) {
      const those = over.get(one) ?? [];
      those.push(draft);
      over.set(one, those);
    }
  }
  const ready = [...waiting].flatMap(([draft, { open }]) => (open === 0 ? [draft] : []));
  // Grows while it is walked.
  for (const draft of ready) {
    for (const outer of over.get(draft) ?? []) {
      const item = waiting.get(outer);
      if (item !== undefined && --item.open === 0) ready.push(outer);
    }
  }
  const circular = [...waiting].flatMap(([draft, { open }]) => (open > 0 ? [draft] : []));
  return [...ready, ...circular].flatMap((draft) => waiting.get(draft) ?? []);
}

/** A rule that a correlation is over, with all that it may be called. */
interface Target {
  readonly refs: readonly (string | null)[];
  readonly rule: Rule;
  readonly fields: Asked['fields'];
}

/** Where a rule's events have what the correlation groups by or counts under another name. */
function aliasesOf({ groupBy, field }: CorrelationRule, named: Aliases, targets: readonly Target[]): Pick<CorrelationRule, 'aliases'> {
  const aliases = [...groupBy, ...(field === null ? [] : [field])].flatMap((name) => {
    const paths = targets.flatMap(({ refs, rule, fields }) => {
      const alias = refs.flatMap((ref) => named.get(name)?.get(ref ?? '') ?? [])[0];
      const path = fields.get(alias ?? name) ?? alias;
      return path === undefined ? [] : [[rule.id, path] as const];
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
