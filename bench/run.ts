import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { measureBacktest as backtestIn } from './backtest.ts';
import { type LogForm, type LogReport, writeLogs } from './generate-logs.ts';
import { writeFlowLogs, writeQueryLogs } from './generate-network-logs.ts';
import { type Mix, writeRules } from './generate-rules.ts';
import { median, table } from './print.ts';

/** `npm run bench [-- --json FILE] [--quick] [--only PART]`; README.md says what each figure means. */
const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    quick: { type: 'boolean', default: false },
    /** Parts by name: backtest, detect, memory, network, own, replay, start. */
    only: { type: 'string', multiple: true },
  },
});
// A small run cannot tell how memory grows.
const parts = options.only ?? ['detect', 'network', 'own', 'replay', 'start', ...(options.quick ? [] : ['memory'])];
const rounds = options.quick ? 3 : 5;
const folder = mkdtempSync(join(tmpdir(), 'jobzero-bench-'));
const child = fileURLToPath(new URL('./child.ts', import.meta.url));
const cli = fileURLToPath(new URL('../bin/jobzero.js', import.meta.url));

/** What is gated. Ratios only: each side of one is measured in the same run, so that the machine falls out. */
interface Check {
  readonly name: string;
  readonly value: number;
  readonly limit: number;
}
const checks: Check[] = [];
const figures: Record<string, unknown> = {};

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

function measure<T>(...args: readonly (string | number)[]): T {
  const out = execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', child, ...args.map(String)], {
    maxBuffer: 1 << 26,
    encoding: 'utf8',
    // As bin/jobzero.js sets it.
    env: { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') },
  });
  return JSON.parse(out) as T;
}

interface Cost {
  readonly cpu: number;
  readonly seconds: number;
}
type BacktestFigures = Awaited<ReturnType<typeof backtestIn>>;

interface Baseline extends Cost {
  readonly events: number;
}
interface Detected {
  readonly rules: number;
  readonly faults: number;
  readonly loading: Cost;
  readonly found: Cost;
  readonly printed: Cost;
  readonly printedFindings: number;
  readonly events: number;
  readonly findings: number;
  readonly setAside: number;
  readonly hash: string;
  readonly maxRss: number;
}

function logs(
  name: string,
  events: number,
  form: LogForm = 'objects',
  principals?: number,
): { readonly path: string; readonly report: LogReport } {
  const path = join(folder, name);
  say(`writing ${events.toLocaleString('en')} events (${name})`);
  return { path, report: writeLogs({ folder: path, seed: 'bench', events, form, ...(principals === undefined ? {} : { principals }) }) };
}

function rules(count: number, mix: Mix): string {
  const path = join(folder, `rules-${mix}-${count}`);
  writeRules(path, count, mix);
  return path;
}

const us = (seconds: number, events: number) => (seconds / events) * 1e6;

/** `oracle` parses every record; `fast` scans, and parses what some rule matches. The limit is that of the ratio to the baseline. */
const detectRuns: readonly {
  readonly mix: Mix;
  readonly count: number;
  readonly engine: 'fast' | 'oracle';
  readonly limit: number | null;
}[] = [
  { mix: 'quiet', count: 30, engine: 'fast', limit: null },
  { mix: 'quiet', count: 300, engine: 'fast', limit: 1 / 1.4 },
  { mix: 'quiet', count: 3_000, engine: 'fast', limit: null },
  { mix: 'noisy', count: 30, engine: 'fast', limit: null },
  { mix: 'noisy', count: 300, engine: 'fast', limit: 1 / 0.95 },
  { mix: 'quiet', count: 300, engine: 'oracle', limit: 1.5 },
  { mix: 'noisy', count: 300, engine: 'oracle', limit: 1.5 },
];

function measureDetect(): void {
  const { path, report } = logs('logs', options.quick ? 40_000 : 240_000);
  const mixes = detectRuns.map((one) => ({
    ...one,
    name: `${one.mix}, ${one.count} rules, ${one.engine}`,
    rules: rules(one.count, one.mix),
    runs: [] as Detected[],
    ratios: [] as number[],
  }));
  const threads = [1, 2].map((n) => ({ n, runs: [] as Detected[] }));
  const quiet = mixes.find((one) => one.mix === 'quiet' && one.count === 300 && one.engine === 'fast');
  const baselines: Baseline[] = [];
  const work = new Map(mixes.map((one) => [one, measure<{ candidates: number; hits: number }>('mix', path, one.rules)]));
  for (let round = 0; round < rounds; round++) {
    say(`detect: round ${round + 1} of ${rounds}`);
    for (const one of mixes) {
      // A baseline right before and one right after: what else runs on the machine meets all three.
      const before = measure<Baseline>('baseline', path);
      const run = measure<Detected>('detect', path, one.rules, 0, one.engine);
      const after = measure<Baseline>('baseline', path);
      if (run.faults > 0 || run.setAside > 0 || run.events !== report.events)
        throw new Error(`detect did not read everything: ${JSON.stringify(run)}`);
      baselines.push(before, after);
      one.runs.push(run);
      one.ratios.push(run.found.cpu / ((before.cpu + after.cpu) / 2));
    }
    if (quiet !== undefined) for (const one of threads) one.runs.push(measure<Detected>('detect', path, quiet.rules, one.n));
  }
  const base = median(baselines.map((one) => one.cpu));
  const rows = mixes.map((one) => {
    const [run] = one.runs;
    const found = median(one.runs.map((each) => each.found.cpu));
    const ratio = median(one.ratios);
    if (one.limit !== null) checks.push({ name: `detect, ${one.name}: CPU / (gunzip + JSON.parse)`, value: ratio, limit: one.limit });
    return {
      name: one.name,
      candidates: (work.get(one)?.candidates ?? 0) / report.events,
      hits: (work.get(one)?.hits ?? 0) / report.events,
      findings: run?.findings ?? 0,
      usPerEvent: us(found, report.events),
      ratio,
      ratios: one.ratios,
      eventsPerCpuSecond: report.events / found,
      printUsPerFinding: us(median(one.runs.map((each) => each.printed.cpu)), Math.max(1, run?.printedFindings ?? 0)),
      loadMsPerRule: (median(one.runs.map((each) => each.loading.cpu)) / one.count) * 1e3,
      maxRssMb: median(one.runs.map((each) => each.maxRss)) / 1e6,
    };
  });
  const same = mixes.filter((one) => one.mix === 'quiet' && one.count === 300).flatMap((one) => one.runs);
  const hashes = new Set([...same, ...threads.flatMap((one) => one.runs)].map((run) => run.hash));
  if (hashes.size !== 1) throw new Error('detect found something else in another run, with the other engine or with other workers');
  const cpuOf = (count: number) =>
    median(mixes.find((one) => one.mix === 'quiet' && one.count === count)?.runs.map((run) => run.found.cpu) ?? []);
  checks.push({ name: 'detect, quiet, fast: CPU with 3,000 rules / with 300', value: cpuOf(3_000) / cpuOf(300), limit: 1.3 });
  const scaled = threads.map((one) => ({
    workers: one.n,
    usPerEvent: us(median(one.runs.map((run) => run.found.cpu)), report.events),
    eventsPerSecond: report.events / median(one.runs.map((run) => run.found.seconds)),
  }));
  const [one, two] = scaled;
  if (one !== undefined && two !== undefined)
    checks.push({ name: 'detect: CPU per event with two workers / with one', value: two.usPerEvent / one.usPerEvent, limit: 1.05 });
  figures['detect'] = {
    input: report,
    baseline: { usPerEvent: us(base, report.events), eventsPerCpuSecond: report.events / base },
    mixes: rows,
    workers: scaled,
  };
  say('');
  console.log(
    `${report.events} events, ${report.files} objects, ${(report.bytes / 1e6).toFixed(1)} MB (${(report.stored / 1e6).toFixed(1)} MB stored), median of ${rounds} rounds\n`,
  );
  console.log(
    table(
      [
        'detect',
        'candidates',
        'hits/event',
        'findings',
        'CPU us/event',
        'ratio',
        'events/CPU-s',
        'print us/finding',
        'load ms/rule',
        'peak MB',
      ],
      [
        ['gunzip + JSON.parse', '', '', '', us(base, report.events).toFixed(2), '1.00', (report.events / base).toFixed(0), '', '', ''],
        ...rows.map((row) => [
          row.name,
          `${(row.candidates * 100).toFixed(1)} %`,
          row.hits.toFixed(3),
          String(row.findings),
          row.usPerEvent.toFixed(2),
          row.ratio.toFixed(2),
          row.eventsPerCpuSecond.toFixed(0),
          row.printUsPerFinding.toFixed(1),
          row.loadMsPerRule.toFixed(2),
          row.maxRssMb.toFixed(0),
        ]),
      ],
    ),
  );
  console.log(
    table(
      ['workers (quiet, 300 rules)', 'CPU us/event', 'events/s'],
      scaled.map((one) => [String(one.workers), one.usPerEvent.toFixed(2), one.eventsPerSecond.toFixed(0)]),
    ),
  );
}

/** Flow logs and DNS queries, with our own rules. */
function measureNetwork(): void {
  const size = options.quick ? 1 : 4;
  const cases = [
    { name: 'flow logs', write: writeFlowLogs, lines: 1_500_000 * size, limit: 2.7 },
    { name: 'DNS queries', write: writeQueryLogs, lines: 500_000 * size, limit: 2.7 },
  ];
  const rows = cases.map(({ name, write, lines, limit }) => {
    const path = join(folder, name.replace(' ', '-'));
    say(`writing ${lines.toLocaleString('en')} lines (${name})`);
    const report = write({ folder: path, seed: 'bench', lines });
    const runs: Detected[] = [];
    const ratios: number[] = [];
    const inflated: number[] = [];
    for (let round = 0; round < rounds; round++) {
      say(`${name}: round ${round + 1} of ${rounds}`);
      const before = measure<Cost>('inflate', path);
      const run = measure<Detected>('detect', path, '', 0, 'fast');
      const after = measure<Cost>('inflate', path);
      if (run.setAside > 0 || run.events !== report.events) throw new Error(`detect did not read everything: ${JSON.stringify(run)}`);
      const least = (before.cpu + after.cpu) / 2;
      runs.push(run);
      inflated.push(least);
      ratios.push(run.found.cpu / least);
    }
    rmSync(path, { recursive: true });
    const ratio = median(ratios);
    checks.push({ name: `${name}: CPU / gunzip`, value: ratio, limit });
    const found = median(runs.map((run) => run.found.cpu));
    return {
      name,
      rules: runs[0]?.rules ?? 0,
      lines: report.events,
      bytesPerLine: report.bytes / report.events,
      linesPerCpuSecond: report.events / found,
      inflatedPerCpuSecond: report.events / median(inflated),
      ratio,
      ratios,
      findings: runs[0]?.findings ?? 0,
      maxRssMb: median(runs.map((run) => run.maxRss)) / 1e6,
    };
  });
  figures['network'] = rows;
  console.log(
    table(
      ['network', 'lines', 'bytes/line', 'gunzip M/CPU-s', 'detect M/CPU-s', 'ratio', 'findings', 'peak MB'],
      rows.map((row) => [
        row.name,
        String(row.lines),
        row.bytesPerLine.toFixed(0),
        (row.inflatedPerCpuSecond / 1e6).toFixed(2),
        (row.linesPerCpuSecond / 1e6).toFixed(2),
        row.ratio.toFixed(2),
        String(row.findings),
        row.maxRssMb.toFixed(0),
      ]),
    ),
  );
}

/** Bytes for inflating at once: objects of some ten records are below it, and larger pieces would cost more than the records. */
const smallPieces = 65_536;

/** Our own rules, which learn and count, on the simulated organisation's logs; and what they hold of many principals. */
function measureOwn(): void {
  const path = join(folder, 'range');
  say('own rules: writing logs of the simulated organisation');
  const written = measure<{ objects: number; events: number }>('range', path, options.quick ? 50_000 : 200_000);
  const runs: Detected[] = [];
  const ratios: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds; round++) {
    say(`own rules: round ${round + 1} of ${rounds}`);
    const before = measure<Baseline>('baseline', path, smallPieces);
    const run = measure<Detected>('detect', path, '', 0, 'fast');
    const after = measure<Baseline>('baseline', path, smallPieces);
    if (run.setAside > 0 || run.events !== before.events) throw new Error(`detect did not read everything: ${JSON.stringify(run)}`);
    const least = (before.cpu + after.cpu) / 2;
    runs.push(run);
    baselines.push(least);
    ratios.push(run.found.cpu / least);
  }
  rmSync(path, { recursive: true });
  const [first] = runs;
  if (first === undefined) throw new Error('nothing measured');
  const ratio = median(ratios);
  checks.push({ name: 'own rules, simulated organisation: CPU / (gunzip + JSON.parse)', value: ratio, limit: 3 });
  const known = options.quick ? [] : [400_000, 1_200_000].map((events) => measurePrincipals(events));
  figures['own'] = {
    ...written,
    ratio,
    ratios,
    usPerEvent: us(median(runs.map((run) => run.found.cpu)), first.events),
    baselineUsPerEvent: us(median(baselines), first.events),
    findings: first.findings,
    maxRssMb: median(runs.map((run) => run.maxRss)) / 1e6,
    principals: known,
  };
  const row = (name: string, run: Detected, rate: string, rss: number) => [
    name,
    String(run.events),
    String(run.rules),
    String(run.findings),
    us(run.found.cpu, run.events).toFixed(2),
    rate,
    rss.toFixed(0),
  ];
  console.log(
    table(
      ['own rules', 'events', 'rules', 'findings', 'CPU us/event', 'ratio', 'peak MB'],
      [
        ['gunzip + JSON.parse', String(first.events), '', '', us(median(baselines), first.events).toFixed(2), '1.00', ''],
        row(`simulated organisation, ${written.objects} objects`, first, ratio.toFixed(2), median(runs.map((run) => run.maxRss)) / 1e6),
        ...known.map((run) => row('100,000 principals', run, '', run.maxRss / 1e6)),
      ],
    ),
  );
}

/** Each of 100,000 principals acts in turn; with one thread, as large input is read. */
function measurePrincipals(events: number): Detected {
  const { path } = logs(`principals-${events}`, events, 'objects', 100_000);
  say('own rules: 100,000 principals');
  const run = measure<Detected>('detect', path, '', 1, 'fast');
  rmSync(path, { recursive: true });
  checks.push({
    name: `own rules, 100,000 principals, ${events.toLocaleString('en')} events: peak MB`,
    value: run.maxRss / 1e6,
    limit: 512,
  });
  return run;
}

/** Of CPU for `gunzipSync` and `JSON.parse` of the same events; of 2,000,000 that is some 20 s. A small lake tells what a cold process costs. */
const backtestLimits: ReadonlyMap<number, number> = new Map([
  [1, 0.15],
  [300, 0.95],
]);

function measureBacktest(): void {
  const { path, report } = logs('history', options.quick ? 200_000 : 2_000_000);
  const sets = [1, 30, 300].map((count) => rules(count, 'quiet'));
  say('backtest: making a lake of it');
  const before = measure<Baseline>('baseline', path);
  const { rows, files, figures: found } = measure<BacktestFigures>('backtest', path, ...sets);
  const after = measure<Baseline>('baseline', path);
  rmSync(path, { recursive: true });
  if (rows !== report.events) throw new Error(`the lake has ${rows} of ${report.events} events`);
  const least = (before.cpu + after.cpu) / 2;
  const figuresOf = found.map((one) => ({ ...one, ratio: one.cpu / least }));
  for (const { rules: count, ratio } of figuresOf) {
    const limit = backtestLimits.get(count);
    if (limit !== undefined && !options.quick)
      checks.push({ name: `backtest, ${count} ${count === 1 ? 'rule' : 'rules'}: CPU / (gunzip + JSON.parse)`, value: ratio, limit });
  }
  figures['backtest'] = { rows, files, baselineCpu: least, figures: figuresOf };
  console.log(
    table(
      [`backtest, ${rows} events in ${files} files`, 'looked at', 'findings', 'CPU s', 's', 'ratio'],
      [
        ['gunzip + JSON.parse', String(rows), '', least.toFixed(1), ((before.seconds + after.seconds) / 2).toFixed(1), '1.00'],
        ...figuresOf.map((one) => [
          `${one.rules} rules`,
          String(one.looked),
          String(one.findings),
          one.cpu.toFixed(1),
          one.seconds.toFixed(1),
          one.ratio.toFixed(2),
        ]),
      ],
    ),
  );
}

function measureReplay(): void {
  say('replay');
  const n = options.quick ? 5_000 : 20_000;
  const runs = Array.from({ length: options.quick ? 1 : 3 }, () =>
    measure<{ argumentBytes: number; rounds: readonly { replayed: number; least: number; decided: number }[] }>(
      'replay',
      join(folder, 'decisions'),
      n,
    ),
  );
  const all = runs.flatMap((run) => run.rounds);
  const replayed = median(all.map((round) => round.replayed));
  const least = median(all.map((round) => round.least));
  const decided = median(all.map((round) => round.decided));
  const ratio = median(all.map((round) => round.least / round.replayed));
  checks.push({ name: 'replay: CPU / (SHA-256 + JSON.parse of the same documents)', value: ratio, limit: 4 });
  figures['replay'] = {
    decisions: n,
    argumentBytes: runs[0]?.argumentBytes,
    replayedPerSecond: replayed,
    leastPerSecond: least,
    decidedPerSecond: decided,
    ratio,
  };
  console.log(
    table(
      [`replay (${runs[0]?.argumentBytes} bytes of arguments)`, 'decisions/CPU-s'],
      [
        ['from stored bytes: read, hash, run, compare', replayed.toFixed(0)],
        ['decide alone, from texts to bytes', decided.toFixed(0)],
        ['SHA-256 + JSON.parse of the same bytes', least.toFixed(0)],
      ],
    ),
  );
}

function measureMemory(): void {
  // Enough to fill what is bounded (the collector's young generation, remembered values, held matches): below that
  // the ratio would measure how these fill up.
  const base = 120_000;
  // Above what is parsed as a whole, so that both are streams.
  const big = 100_000;
  const quiet = rules(300, 'quiet');
  const noisy = rules(300, 'noisy');
  const cases: { readonly name: string; readonly form: LogForm; readonly events: number; readonly rules: string }[] = [
    { name: 'objects, quiet', form: 'objects', events: base, rules: quiet },
    { name: 'objects, noisy: 10x findings', form: 'objects', events: base, rules: noisy },
    { name: 'one NDJSON file, quiet', form: 'one-ndjson', events: big, rules: quiet },
    { name: 'one Records file, quiet', form: 'one-records', events: big, rules: quiet },
  ];

  const rows = cases.map(({ name, form, events, rules: set }) => {
    const [one, ten] = [1, 10].map((factor) => {
      const at = `${form}-${events * factor}`;
      const { path } = logs(at, events * factor, form);
      say(`memory: ${name}, ${factor}x`);
      // With one thread, as large input is read: its young generation is bounded.
      const run = measure<Detected>('detect', path, set, 1);
      rmSync(path, { recursive: true });
      return { rss: run.maxRss, findings: run.findings, cpu: run.found.cpu, events: events * factor };
    });
    if (one === undefined || ten === undefined) throw new Error('nothing measured');
    const ratio = ten.rss / one.rss;
    checks.push({ name: `peak memory 10x / 1x: ${name}`, value: ratio, limit: 1.15 });
    return {
      name,
      oneMb: one.rss / 1e6,
      tenMb: ten.rss / 1e6,
      ratio,
      findings: [one.findings, ten.findings] as const,
      usPerEvent: us(ten.cpu, ten.events),
    };
  });
  figures['memory'] = rows;
  console.log(
    table(
      ['peak memory', '1x MB', '10x MB', 'ratio', 'findings 1x', '10x', 'CPU us/event at 10x'],
      rows.map((row) => [
        row.name,
        row.oneMb.toFixed(0),
        row.tenMb.toFixed(0),
        row.ratio.toFixed(2),
        String(row.findings[0]),
        String(row.findings[1]),
        row.usPerEvent.toFixed(2),
      ]),
    ),
  );
}

/** Wall time of a whole process; the fastest of some, since nothing makes a process faster than it is. */
function wallOf(args: readonly string[], times: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    execFileSync(process.execPath, args, { stdio: 'ignore' });
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

function measureStart(): void {
  const { path } = logs('small', 15);
  const nothing = wallOf(['-e', '0'], rounds * 3);
  const commands = [
    { name: '--version', args: ['--version'] },
    { name: 'detect, one object, own rules', args: ['detect', path, '--format', 'ocsf'] },
  ].map(({ name, args }) => ({ name, ms: wallOf([cli, ...args], rounds * 2) }));
  figures['start'] = { nothingMs: nothing, commands };
  console.log(
    table(
      ['start', 'ms', 'x node -e 0'],
      [['node -e 0', nothing.toFixed(0), '1.0'], ...commands.map(({ name, ms }) => [name, ms.toFixed(0), (ms / nothing).toFixed(1)])],
    ),
  );
}

try {
  mkdirSync(folder, { recursive: true });
  console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} processors\n`);
  if (parts.includes('detect')) measureDetect();
  if (parts.includes('network')) measureNetwork();
  if (parts.includes('own')) measureOwn();
  if (parts.includes('backtest')) measureBacktest();
  if (parts.includes('replay')) measureReplay();
  if (parts.includes('start')) measureStart();
  if (parts.includes('memory')) measureMemory();
  console.log(
    table(
      ['line', 'measured', 'at most', ''],
      checks.map(({ name, value, limit }) => [name, value.toFixed(2), limit.toFixed(2), value <= limit ? 'met' : 'MISSED']),
    ),
  );
  const report = {
    node: process.version,
    cpu: cpus()[0]?.model,
    quick: options.quick,
    figures,
    checks: checks.map((check) => ({ ...check, met: check.value <= check.limit })),
  };
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  process.exitCode = checks.every(({ value, limit }) => value <= limit) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
