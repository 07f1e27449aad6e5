import { stat } from 'node:fs/promises';
import { relative } from 'node:path';
import { rules as ownRules } from '../../../content/index.ts';
import type { RuleFile } from '../../core/detect/sigma/parse-rules.ts';
import { InputError } from '../../core/model/errors.ts';
import { readRuleFiles } from '../../edge/files/file-rules.ts';
import { type ReviewMode, takeRules } from '../policy/take-policy.ts';
import type { UpEvent } from '../wires.ts';
import { places } from './home.ts';
import { keepOn } from './keep-on.ts';
import { ownerOf } from './keep-tolerance.ts';
import { type State, whoami } from './state.ts';

const everyMs = 5_000;
/** All of them are one setting, with its history. */
const longest = 5_000_000;

type Deps = Pick<State, 'home' | 'store' | 'tenant' | 'clock'>;

/**
 * Takes the rules of the home's folder `rules` into the settings, where every worker finds them. What may find
 * less waits for a second person. Throws InputError for a folder that cannot be read.
 */
export async function takeRuleFiles({ home, store, tenant, clock }: Deps, review: ReviewMode): Promise<'same' | 'holds' | 'waits'> {
  const files = await filesOf(home);
  const by = files.length === 0 ? whoami() : await ownerOf(places(home).rules);
  const own = await ownRules();
  return store.within(tenant, (tx) => takeRules(tx, { files, own, by, at: clock.now(), review }));
}

/** The same now and whenever something changes there. What cannot be read is told once, and what held before goes on holding. */
export async function keepRules(
  state: Deps,
  tell: (event: Omit<UpEvent, 'at'>) => void,
  troubled: (error: unknown) => void,
  review: ReviewMode,
): Promise<() => Promise<void>> {
  const stop = new AbortController();
  let told = '';
  const tellOnce = (says: string) => {
    if (told !== says) tell({ event: 'trouble', says });
    told = says;
  };
  const round = () =>
    takeRuleFiles(state, review).then(
      (taken) => {
        if (taken === 'waits')
          tellOnce('The rules of the home find less than before: they wait for a second person. See "jobzero policy review".');
        else told = '';
      },
      (error: unknown) => {
        if (!(error instanceof InputError)) throw error;
        tellOnce(error.message);
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
