import { backtest } from '../src/app/backtest.ts';
import { rulesFor } from '../src/app/wire/detect.ts';
import { keepHeapSmall } from '../src/app/wire/keep-heap-small.ts';
import { openLakeFiles } from '../src/app/wire/stored-lake.ts';
import { fileSpill } from '../src/edge/files/file-spill.ts';
import { openScanner } from '../src/edge/scanner/open-scanner.ts';

export interface BacktestFigure {
  readonly rules: number;
  readonly looked: number;
  readonly findings: number;
  readonly cpu: number;
  readonly seconds: number;
}

/** Makes a lake of these logs, as `ingest` would, and asks it each set of rules: one alone warms nothing for the next. */
export async function measureBacktest(
  logs: string,
  ruleFolders: readonly string[],
): Promise<{ readonly rows: number; readonly files: number; readonly figures: readonly BacktestFigure[] }> {
  const range = { from: 0, to: Number.MAX_SAFE_INTEGER };
  const { lake, files, close } = await openLakeFiles({ logs: [logs], ...range, onProgress: () => {} }, {});
  const spill = fileSpill();
  try {
    const figures: BacktestFigure[] = [];
    for (const folder of ruleFolders) {
      const { rules } = await rulesFor({ rules: [folder], builtin: false });
      const used = process.cpuUsage();
      const started = performance.now();
      const run = await backtest(
        { rules, tenant: 'default', files, ...range },
        { lake, spill, tidy: keepHeapSmall(), scanner: openScanner },
      );
      let findings = 0;
      for (const _ of run.findings) findings++;
      const { user, system } = process.cpuUsage(used);
      const seconds = (performance.now() - started) / 1000;
      figures.push({ rules: rules.length, looked: run.looked, findings, cpu: (user + system) / 1e6, seconds });
    }
    return { rows: files.reduce((sum, { rows }) => sum + rows, 0), files: files.length, figures };
  } finally {
    spill.close();
    await close();
  }
}
