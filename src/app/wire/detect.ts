import { availableParallelism } from 'node:os';
import { sequences as allSequences, answers, rules as builtinRules } from '../../../content/index.ts';
import { joinRules } from '../../core/detect/sigma/join-rules.ts';
import { loadRules } from '../../core/detect/sigma/parse-rules.ts';
import { answeredBy } from '../../core/findings/imported/answered-by.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Lists, Rule, RuleFault } from '../../core/model/rule.ts';
import { withParquet } from '../../edge/duckdb/parquet-logs.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { readRuleFiles } from '../../edge/files/file-rules.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { standardInput } from '../../edge/files/standard-input.ts';
import { openScanner } from '../../edge/scanner/open-scanner.ts';
import { openSifters } from '../../edge/scanner/open-sifters.ts';
import { type DetectWorkers, detect as detectIn } from '../detect.ts';
import { askedLists } from '../loaded-list.ts';
import type { Detected, DetectInput } from '../wires.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { listsOfFiles } from './lists.ts';

/** Below this many stored bytes, threads cost more than they save. */
const worthThreads = 16 * 1024 * 1024;

/** `jobzero detect`: findings of log files, with no state and no database. */
export async function detect(input: DetectInput): Promise<Detected> {
  const started = performance.now();
  const loaded = await listsOfFiles(input.lists ?? [], Date.now());
  const lists = askedLists(loaded);
  const { rules, faults } = await rulesFor(input, lists);
  const piped = input.paths.includes('-');
  if (piped && input.paths.length > 1) throw new InputError('standard input is read alone', '-');
  const logs = withParquet(piped ? standardInput(process.stdin) : fileLogs());
  const spill = fileSpill();
  let workers: (DetectWorkers & { close(): void }) | null = null;
  const { detectWorkers } = await import('./detect-workers.ts');
  const close = () => {
    process.off('exit', close);
    spill.close();
    workers?.close();
  };
  // An error and Ctrl-C leave nothing behind either.
  process.on('exit', close);
  const found = await detectIn(
    {
      roots: input.paths,
      rules,
      lists,
      tenant: 'default',
      answeredBy: answeredBy(await answers()),
      ...(input.incidents === true ? { sequences: await allSequences() } : {}),
      // Threads read files; a pipe has one reader.
      workers: piped ? 0 : (input.workers ?? (await threadsFor(input.paths))),
      onProgress: (objects) => input.onProgress({ done: objects, total: null, doing: 'reading log objects' }),
    },
    {
      logs,
      spill,
      tidy: keepHeapSmall(),
      scanner: openScanner,
      sifters: openSifters,
      startWorkers: (n) => {
        workers = detectWorkers(n, rules, 'default', lists);
        return workers;
      },
    },
  ).catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    ...found,
    rules: rules.length,
    faults,
    lists: loaded,
    seconds: (performance.now() - started) / 1000,
    close,
  };
}

async function threadsFor(paths: readonly string[]): Promise<number> {
  let bytes = 0;
  for await (const object of fileLogs().list(paths)) {
    bytes += object.size;
    if (bytes > worthThreads) return availableParallelism();
  }
  return 0;
}

/** Our own rules and those of the folders given, narrowed by the filters in them; a foreign rule with an id that is taken is refused. */
export async function rulesFor(
  { rules: roots, builtin }: Pick<DetectInput, 'rules' | 'builtin'>,
  lists: Lists = new Map(),
): Promise<{ readonly rules: readonly Rule[]; readonly faults: readonly RuleFault[] }> {
  const own = builtin ? await builtinRules() : [];
  if (roots.length === 0) return { rules: own, faults: [] };
  return joinRules(own, loadRules(await readRuleFiles(roots), { lists }), 'refuse');
}
