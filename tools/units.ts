import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parse, parseAllDocuments } from 'yaml';
import { readPlainList } from '../src/core/collect/lists/plain-list.ts';
import type { RuleFile } from '../src/core/detect/sigma/parse-rules.ts';
import type { Control } from '../src/core/model/control.ts';
import { Coverage } from '../src/core/model/coverage.ts';
import type { JsonObject } from '../src/core/model/json.ts';
import { type Obligation, parseObligation } from '../src/core/model/obligation.ts';
import type { Playbook } from '../src/core/model/plan.ts';
import { parseSequence } from '../src/core/model/sequence.ts';

/** The project's root folder, with a slash at its end. */
export const root = fileURLToPath(new URL('../', import.meta.url));

export type Kind = 'rules' | 'sequences' | 'controls' | 'playbooks' | 'frameworks' | 'obligations';

/** A unit's file below `content/<kind>`, and its id, which is its path. */
export interface UnitFile {
  readonly id: string;
  /** Below the project's root, with slashes. */
  readonly path: string;
}

/** The units of a kind in the order of their ids; tests and generated files are none. */
export function unitFiles(kind: Kind): readonly UnitFile[] {
  const folder = join(root, 'content', kind);
  const ending = kind === 'rules' || kind === 'sequences' || kind === 'obligations' ? '.yml' : '.ts';
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith(ending) && !file.endsWith('.test.ts') && (kind === 'frameworks' || file.includes('/')))
    .map((file) => ({ id: file.slice(0, -ending.length).replaceAll('/', '.'), path: `content/${kind}/${file}` }))
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** The rule files as `loadRules` wants them. */
export function ruleFiles(): readonly RuleFile[] {
  return unitFiles('rules').map(({ id, path }) => ({ id, file: path, text: readFileSync(join(root, path), 'utf8') }));
}

/** The small lists of our own, by name. Throws where a line of one is no entry. */
export function listUnits(): ReadonlyMap<string, readonly string[]> {
  const folder = join(root, 'content/lists');
  const names = readdirSync(folder).filter((file) => file.endsWith('.txt'));
  return new Map(
    names.sort().map((file) => {
      const { entries, aside } = readPlainList(readFileSync(join(folder, file), 'utf8'));
      const [broken] = aside;
      if (broken !== undefined) throw new Error(`content/lists/${file}, ${broken.place}: ${broken.entry}: ${broken.reason}`);
      return [file.slice(0, -'.txt'.length), entries];
    }),
  );
}

/** The files of `content/coverage`: each bears the name of the service whose findings it lists. */
export function coverageNames(): readonly string[] {
  const files = readdirSync(join(root, 'content/coverage')).filter((file) => file.endsWith('.yml'));
  return files.map((file) => file.slice(0, -'.yml'.length)).sort();
}

/** A file of `content/coverage`, checked. Throws where a state is none, or a type stands there twice. */
export function readCoverage(name: string): Coverage {
  return Coverage.parse(parse(readFileSync(join(root, 'content/coverage', `${name}.yml`), 'utf8')));
}

/** The sequences with their examples. Throws InputError for a file that is none. */
export function sequenceUnits() {
  return unitFiles('sequences').map(({ id, path }) => parseSequence(id, parse(readFileSync(join(root, path), 'utf8')), path));
}

export interface IrreversibleCall {
  readonly action: string;
  readonly loses: string;
  /** AWS's page on the call. */
  readonly source: string;
}

/** Calls that cannot be undone: `content/irreversible.yml`. */
export function irreversibleUnits(): readonly IrreversibleCall[] {
  return parse(readFileSync(join(root, 'content/irreversible.yml'), 'utf8')) as readonly IrreversibleCall[];
}

/** The obligations. Throws InputError for a file that is none. */
export function obligationUnits(): readonly Obligation[] {
  return unitFiles('obligations').map(({ id, path }) => parseObligation(id, parse(readFileSync(join(root, path), 'utf8')), path));
}

const documentsOfTexts = new Map<string, readonly JsonObject[]>();

/** The YAML documents of one rule file as plain objects, for the keys that the engine does not need. A text is parsed once. */
export function documentsOf(text: string): readonly JsonObject[] {
  let found = documentsOfTexts.get(text);
  if (found === undefined) {
    const documents = parseAllDocuments(text);
    found = Array.isArray(documents) ? documents.map((document) => document.toJS() as JsonObject) : [];
    documentsOfTexts.set(text, found);
  }
  return found;
}

/** The name under which a file exports its unit: its own, in camelCase. */
export function exportNameOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '');
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The units that are modules. */
export async function modules<T>(kind: Kind): Promise<readonly { readonly file: UnitFile; readonly unit: T }[]> {
  return Promise.all(
    unitFiles(kind).map(async (file) => {
      const exported = (await import(pathToFileURL(join(root, file.path)).href)) as Record<string, unknown>;
      const unit = exported[exportNameOf(file.path)];
      if (unit === undefined) throw new Error(`${file.path} exports no ${exportNameOf(file.path)}`);
      return { file, unit: unit as T };
    }),
  );
}

export const controlModules = () => modules<Control>('controls');
export const playbookModules = () => modules<Playbook>('playbooks');
