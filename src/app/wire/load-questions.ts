import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { parseQuestion, type Question } from '../../core/model/question.ts';
import type { ReadyQuestion } from '../ready-question.ts';

/** Our own questions: data files beside the rules. */
const ownFolder = fileURLToPath(new URL('../../../content/questions/', import.meta.url));

/** The ready questions, by id. Throws InputError, with the file, for one that is none. */
export async function loadQuestions(): Promise<readonly Question[]> {
  const names = (await readdir(ownFolder, { recursive: true })).map((name) => name.replaceAll('\\', '/'));
  const units = names.filter((name) => name.includes('/') && name.endsWith('.yml')).sort();
  return Promise.all(
    units.map(async (name) =>
      parseQuestion(parse(await readFile(join(ownFolder, name), 'utf8')), name.slice(0, -4).replaceAll('/', '.'), name),
    ),
  );
}

/** The ready questions as they are offered. */
export async function readyQuestions(): Promise<readonly ReadyQuestion[]> {
  return (await loadQuestions()).map(({ id, title, means, parameters }) => ({ id, title, means, parameters }));
}
