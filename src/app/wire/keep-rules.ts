import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import type { RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import { InputError } from '../../core/model/errors.ts';
import { readRuleFiles } from '../../edge/files/file-rules.ts';
import { setRuleFiles } from '../rules-of.ts';
import type { UpEvent } from '../wires.ts';
import { places } from './home.ts';
import { keepOn } from './keep-on.ts';
import type { State } from './state.ts';

const everyMs = 5_000;
/** All of them are one setting, with its history. */
const longest = 5_000_000;

type Deps = Pick<State, 'home' | 'store' | 'tenant' | 'clock'>;

/** Takes the rules of the home's folder `rules` into the settings, where every worker finds them. Throws InputError for a folder that cannot be read. */
export async function takeRuleFiles({ home, store, tenant, clock }: Deps): Promise<void> {
  const files = await filesOf(home);
  await store.within(tenant, (tx) => setRuleFiles(tx, files, clock.now()));
}

/** The same now and whenever something changes there. What cannot be read is told once, and what held before goes on holding. */
export async function keepRules(
  state: Deps,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
): Promise<() => Promise<void>> {
  const stop = new AbortController();
  let told = '';
  const round = () =>
    takeRuleFiles(state).then(
      () => {
        told = '';
      },
      (error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        if (told !== error.message) tell({ event: 'trouble', says: error.message });
        told = error.message;
      },
    );
  await round();
  const running = keepOn(round, everyMs, stop.signal, troubled);
  return async () => {
    stop.abort();
    await running;
  };
}

async function filesOf(home: string): Promise<readonly RuleFile[]> {
  const folder = places(home).rules;
  const isThere = await stat(folder).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  if (!isThere) return [];
  const files = await readRuleFiles([folder]);
  if (files.reduce((sum, { text }) => sum + text.length, 0) > longest)
    throw new InputError(`more than ${longest} characters of rules`, folder);
  return files.map(({ file, text }) => ({ file: relative(home, file), text }));
}
