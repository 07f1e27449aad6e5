import { createHash, hash } from 'node:crypto';
import { readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type DetectSummary, detect } from '../src/app/detect.ts';
import { engineBundle } from '../src/app/generated/decide-bundle.ts';
import { findingPrinter } from '../src/app/print-findings.ts';
import { replayOne } from '../src/app/replay.ts';
import { rulesFor } from '../src/app/wire/detect.ts';
import { detectWorkers } from '../src/app/wire/detect-workers.ts';
import { keepHeapSmall } from '../src/app/wire/keep-heap-small.ts';
import type { Finding } from '../src/core/model/finding.ts';
import { engineLoader } from '../src/edge/engine/load-engine.ts';
import { fileLogs } from '../src/edge/files/file-logs.ts';
import { fileSpill } from '../src/edge/files/file-spill.ts';
import { openScanner } from '../src/edge/scanner/open-scanner.ts';
import { openSifters } from '../src/edge/scanner/open-sifters.ts';
import { measureBacktest } from './backtest.ts';
import { writeDecisions } from './decision-store.ts';
import { writeRangeLogs } from './generate-range-logs.ts';
import { mixOf } from './mix.ts';

/** One measurement in a process of its own: `node bench/child.ts WHAT ARGS`; prints one line of JSON. */

interface Cost {
  /** Seconds of CPU, all threads. */
  readonly cpu: number;
  readonly seconds: number;
}

async function costOf(work: () => Promise<void> | void): Promise<Cost> {
  const before = process.cpuUsage();
  const started = performance.now();
  await work();
  const used = process.cpuUsage(before);
  return { cpu: (used.user + used.system) / 1e6, seconds: (performance.now() - started) / 1e3 };
}

function pathsIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.gz'))
    .map((name) => join(folder, name));
}

/** With 4 MiB pieces zlib is fastest on objects of usual size; the default of 16 kB costs some percent more. */
const largePieces = 4 * 1024 * 1024;

/** What everybody pays who reads the logs at all: decompress each object and parse it as a whole. */
async function baseline(folder: string, pieces: number) {
  const paths = pathsIn(folder);
  let events = 0;
  const cost = await costOf(() => {
    for (const path of paths) {
      const text = gunzipSync(readFileSync(path), { chunkSize: pieces }).toString('utf8');
      events += (JSON.parse(text) as { readonly Records: readonly unknown[] }).Records.length;
    }
  });
  return { ...cost, events };
}

/** What everybody pays who reads the logs at all, where lines are read as they are: decompress each object. */
async function inflate(folder: string) {
  const paths = pathsIn(folder);
  let bytes = 0;
  const cost = await costOf(() => {
    for (const path of paths) bytes += gunzipSync(readFileSync(path), { chunkSize: 4 * 1024 * 1024 }).length;
  });
  return { ...cost, bytes };
}

/** So many findings are printed to see what printing one costs. */
const mostPrinted = 1_000;

/** As `jobzero detect --no-builtin --rules RULES --format ocsf`, without the start of the process; without RULES our own. */
async function runDetect(folder: string, rulesFolder: string, workers: number, engine: string) {
  let rules: Awaited<ReturnType<typeof rulesFor>> = { rules: [], faults: [] };
  const loading = await costOf(async () => {
    rules = await rulesFor(rulesFolder === '' ? { rules: [], builtin: true } : { rules: [rulesFolder], builtin: false });
  });
  const spill = fileSpill();
  const threads: { close(): void }[] = [];
  const printer = findingPrinter('ocsf');
  const hash = createHash('sha256');
  const out: { summary: DetectSummary | null; readonly some: Finding[] } = { summary: null, some: [] };
  const found = await costOf(async () => {
    const result = await detect(
      { roots: [folder], rules: rules.rules, tenant: 'default', workers },
      {
        logs: fileLogs(),
        spill,
        tidy: keepHeapSmall(),
        ...(engine === 'fast' ? { scanner: openScanner, sifters: openSifters } : {}),
        startWorkers: (n) => {
          const started = detectWorkers(n, rules.rules, 'default');
          threads.push(started);
          return started;
        },
      },
    );
    // A finding is made, with its id and the hash of its bytes, when it is read.
    for (const finding of result.findings) {
      hash.update(finding.id).update(finding.revision);
      if (out.some.length < mostPrinted) out.some.push(finding.read());
    }
    out.summary = result.summary();
  });
  const printed = await costOf(() => {
    for (const finding of out.some) hash.update(printer.one(finding));
  });
  spill.close();
  for (const thread of threads) thread.close();
  const { events = 0, findings = 0, setAside = 0 } = out.summary ?? {};
  return {
    rules: rules.rules.length,
    faults: rules.faults.length,
    loading,
    found,
    printed,
    printedFindings: out.some.length,
    events,
    findings,
    setAside,
    hash: hash.digest('hex'),
  };
}

/** Decisions a second from stored bytes, the decision engine alone, and the least that anybody pays for the same bytes. */
async function runReplay(path: string, n: number) {
  const engines = engineLoader();
  const engine = engines.load(engineBundle);
  const store = writeDecisions(path, n, engineBundle, engine);
  const triples: (readonly [string, string, string])[] = [];
  const seconds = async (work: () => void) => (await costOf(work)).cpu;
  // Once unmeasured, so that all three are compared warm.
  const rounds = [];
  for (let round = 0; round < 4; round++) {
    let same = 0;
    const replayed = await seconds(() => {
      for (const { rows, texts } of store.pages()) for (const row of rows) if (replayOne(row, texts, engines) === 'same') same++;
    });
    if (same !== n) throw new Error(`${n - same} of ${n} decisions came out differently`);
    const least = await seconds(() => {
      for (const { rows, texts } of store.pages())
        for (const row of rows)
          for (const name of [row.findingHash, row.contextHash]) {
            const text = texts.get(name) ?? '';
            if (hash('sha256', text) !== name || JSON.parse(text) === null) throw new Error('a document does not have its hash');
          }
    });
    if (triples.length === 0)
      for (const { rows, texts } of store.pages())
        for (const row of rows)
          triples.push([texts.get(row.findingHash) ?? '', texts.get(row.contextHash) ?? '', texts.get(row.toleranceHash) ?? '']);
    const decided = await seconds(() => {
      for (const [finding, context, tolerance] of triples) engine(finding, context, tolerance);
    });
    if (round > 0) rounds.push({ replayed: n / replayed, least: n / least, decided: n / decided });
  }
  store.close();
  return { decisions: n, argumentBytes: store.argumentBytes, rounds };
}

const [what = '', ...args] = process.argv.slice(2);

async function measure(): Promise<object> {
  const [a = '', b = '', c = '0', engine = 'fast'] = args;
  switch (what) {
    case 'baseline':
      return baseline(a, b === '' ? largePieces : Number(b));
    case 'inflate':
      return inflate(a);
    case 'detect':
      return runDetect(a, b, Number(c), engine);
    case 'range':
      return writeRangeLogs(a, Number(b));
    case 'mix':
      return mixOf(a, b);
    case 'backtest':
      return measureBacktest(a, args.slice(1));
    case 'replay':
      return runReplay(a, Number(b));
    default:
      throw new Error(`no measurement is called "${what}"`);
  }
}

const result = await measure();
writeSync(1, `${JSON.stringify({ ...result, maxRss: process.resourceUsage().maxRSS * 1024 })}\n`);
