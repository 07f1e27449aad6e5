import { existsSync } from 'node:fs';
import { rules as ownRules } from '../../../content/index.ts';
import { loadRules } from '../../core/detect/sigma/parse-rules.ts';
import { withFilters } from '../../core/detect/sigma/with-filters.ts';
import { InputError } from '../../core/model/errors.ts';
import type { Lists, Rule, RuleFault } from '../../core/model/rule.ts';
import { readRuleFiles } from '../../edge/files/file-rules.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { openScanner } from '../../edge/scanner/open-scanner.ts';
import { backtest as backtestIn } from '../backtest.ts';
import { askedLists } from '../loaded-list.ts';
import { summariseFindings } from '../summarise-findings.ts';
import type { BacktestInput, BacktestSummary } from '../wires.ts';
import { type Env, homeOf } from './home.ts';
import { keepHeapSmall } from './keep-heap-small.ts';
import { listSettings, listsOfHome } from './lists.ts';
import { openLakeFiles } from './stored-lake.ts';

/** `jobzero backtest`: what rules would have raised on the lake's history, or on log files. */
export async function backtest(input: BacktestInput, env: Env): Promise<BacktestSummary> {
  const home = homeOf(env);
  const lists = askedLists(await listsOfHome(home, await listSettings(home), Date.now()));
  const { rules, faults } = await rulesOf(input.rules, lists);
  const opened = await openLakeFiles(input, env);
  const spill = fileSpill();
  try {
    const started = performance.now();
    const used = process.cpuUsage();
    const { files, lake } = opened;
    const run = await backtestIn(
      {
        rules,
        lists,
        tenant: 'default',
        files,
        from: input.from,
        to: input.to,
        onProgress: (done) => input.onProgress({ done, total: null, doing: 'events looked at' }),
      },
      { lake, spill, tidy: keepHeapSmall(), scanner: openScanner },
    );
    const summary = summariseFindings(run.findings);
    const { user, system } = process.cpuUsage(used);
    return {
      ...summary,
      rules: rules.filter(({ raises }) => raises).length,
      faults,
      stored: run.stored,
      looked: run.looked,
      seconds: (performance.now() - started) / 1000,
      cpuSeconds: (user + system) / 1e6,
    };
  } finally {
    spill.close();
    await opened.close();
  }
}

/** The rules of files and folders, and our own by id; with the rules that they refer to, which raise nothing here. */
export async function rulesOf(
  names: readonly string[],
  lists: Lists = new Map(),
): Promise<{ readonly rules: readonly Rule[]; readonly faults: readonly RuleFault[] }> {
  const paths = names.filter((name) => existsSync(name));
  const own = await ownRules();
  const foreign = loadRules(await readRuleFiles(paths), { lists });
  const asked = names
    .filter((name) => !existsSync(name))
    .map((name) => {
      const found = own.find(({ id, uuid }) => id === name || uuid === name);
      if (found === undefined)
        throw new InputError('is neither a file of rules nor the id of one of our own; docs/reference/rules.md lists them', name);
      return found;
    });
  // A filter is tried on the rules that it names.
  const filtered = new Set(foreign.filters.flatMap(({ rules }) => (rules === 'any' ? [] : rules)));
  const narrowed = own.filter(({ id, uuid }) => filtered.has(id) || (uuid !== null && filtered.has(uuid)));
  const tried = withFilters(
    [...new Map([...foreign.rules, ...asked, ...narrowed].map((rule) => [rule.id, rule])).values()],
    foreign.filters,
  );
  const all = tried.rules.map((rule) => (filtered.has(rule.id) || filtered.has(rule.uuid ?? '') ? { ...rule, raises: true } : rule));
  if (all.length === 0) throw new InputError(foreign.faults[0]?.reason ?? 'there is no rule', paths[0] ?? '');
  const ids = new Set(all.map(({ id }) => id));
  const referred = new Set(
    all.flatMap((rule) => (rule.kind === 'correlation' ? [rule, ...(rule.nested ?? [])].flatMap((one) => one.rules) : [])),
  );
  const helpers = own.filter(({ id }) => referred.has(id) && !ids.has(id)).map((rule) => ({ ...rule, raises: false }));
  return {
    rules: [...new Map([...helpers, ...all].map((rule) => [rule.id, rule])).values()],
    faults: [...foreign.faults, ...tried.faults],
  };
}
