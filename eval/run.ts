import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rules as ownRules } from '../content/index.ts';
import { type CorpusResult, measureCorpus } from './corpus.ts';
import { measureRange, type RangeOptions, type RangeResult } from './range.ts';
import { type EvalReport, linesOf, reportText } from './report.ts';

/** `npm run eval`; README.md says what each figure means. */
const { values: options } = parseArgs({
  options: {
    corpus: { type: 'string' },
    'range-seed': { type: 'string', multiple: true },
    accounts: { type: 'string', default: '10' },
    events: { type: 'string', default: '200000' },
    days: { type: 'string', default: '7' },
    campaigns: { type: 'string', multiple: true },
    /** Without our own campaigns. */
    foreign: { type: 'boolean', default: false },
    json: { type: 'string' },
    beside: { type: 'string' },
    /** Parts by name: corpus, range. */
    only: { type: 'string', multiple: true },
  },
});

const shared = fileURLToPath(new URL('../../shared/data', import.meta.url));
const cache = process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache');
const last = options.json ?? join(cache, 'jobzero', 'eval.json');
const parts = options.only ?? ['corpus', 'range'];
const errors: string[] = [];

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

async function attempt<T>(what: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    errors.push(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return null;
  }
}

/** The folder with `aws.*.json.gz`: as it was given, or its subfolder `cloudtrail`. */
function corpusFolder(): string | null {
  const given = options.corpus ?? process.env['JOBZERO_CORPUS'];
  const root = resolve(given ?? shared);
  const found = [join(root, 'cloudtrail'), root].find((folder) => existsSync(folder));
  if (found === undefined && given !== undefined) errors.push(`corpus: there is no ${given}`);
  return found ?? null;
}

function readReport(path: string): EvalReport | null {
  if (!existsSync(path)) return null;
  try {
    const report = JSON.parse(readFileSync(path, 'utf8')) as EvalReport;
    return report.format === 'jobzero.eval/1' ? report : null;
  } catch {
    return null;
  }
}

const rangeOptions = (seed: number): RangeOptions => ({
  seed,
  accounts: Number(options.accounts),
  events: Number(options.events),
  days: Number(options.days),
  campaignFolders: options.campaigns ?? [],
  ownCampaigns: !options.foreign,
});

const folder = parts.includes('corpus') ? corpusFolder() : null;
const corpus: CorpusResult | null = folder === null ? null : await attempt('corpus', () => measureCorpus(folder, say));
const ranges: RangeResult[] = [];
if (parts.includes('range')) {
  for (const seed of options['range-seed'] ?? ['1']) {
    const result = await attempt(`range, seed ${seed}`, () => measureRange(rangeOptions(Number(seed)), say));
    if (result !== null) ranges.push(result);
  }
}
const report: EvalReport = {
  format: 'jobzero.eval/1',
  rules: (await ownRules()).length,
  corpus,
  ranges,
  errors,
  lines: linesOf(corpus, ranges),
};
const before = readReport(options.beside ?? last);
console.log(reportText(report, before));
mkdirSync(dirname(last), { recursive: true });
writeFileSync(last, `${JSON.stringify(report, null, 2)}\n`);
say(`figures kept in ${last}`);
process.exitCode = report.lines.every(({ met }) => met) ? 0 : 1;
