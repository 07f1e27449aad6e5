import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadCampaigns, readCampaigns } from '../../src/app/wire/load-campaigns.ts';
import { progressBar } from '../../src/cli/progress.ts';
import type { Campaign } from '../../src/core/model/campaign.ts';
import { InputError } from '../../src/core/model/errors.ts';
import { openDatabase } from '../../src/edge/postgres/open-database.ts';
import { startEmbedded } from '../../src/edge/postgres/start-embedded.ts';
import { chooseCampaigns } from './choose-campaigns.ts';
import { barsOf, reportText } from './report.ts';
import { runMonth } from './run-month.ts';
import { scoreMonth } from './score.ts';
import { storiesOf } from './stories.ts';

/** `npm run eval:month`; ../README.md says what each figure means. */
const { values: options } = parseArgs({
  options: {
    days: { type: 'string', default: '7' },
    accounts: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
    /** Of daily life, a day and account. */
    events: { type: 'string', default: '3000' },
    /** Default: one a day. */
    attacks: { type: 'string' },
    campaigns: { type: 'string', multiple: true },
    /** Without our own campaigns. */
    foreign: { type: 'boolean', default: false },
    tolerance: { type: 'string', default: join(import.meta.dirname, 'tolerance.yml') },
    /** Log objects only, nothing by EventBridge. */
    slow: { type: 'boolean', default: false },
    out: { type: 'string' },
    /** Also the whole story of each attack that was not contained, or of which nobody knew. */
    stories: { type: 'boolean', default: false },
    /** Exit code 1 when a bar is missed. */
    bars: { type: 'boolean', default: false },
  },
});

function numberOf(name: 'days' | 'accounts' | 'events' | 'attacks', least: number): number {
  const value = Number(options[name]);
  if (!(value >= least)) throw new InputError(`at least ${least} is wanted, and this is ${options[name]}`, `--${name}`);
  return value;
}

async function campaignsOf(): Promise<readonly Campaign[]> {
  const foreign: Campaign[] = [];
  for (const folder of options.campaigns ?? []) {
    const { campaigns, faults } = await readCampaigns(folder);
    for (const fault of faults) process.stderr.write(`a campaign was refused: ${fault.message}\n`);
    foreign.push(...campaigns);
  }
  const taken = new Set(foreign.map(({ id }) => id));
  const own = (await loadCampaigns()).filter(({ id }) => !taken.has(id));
  // What is repaired in between is no campaign of anybody's.
  return [...(options.foreign ? own.filter(({ id }) => id === 'drift-corrected') : own), ...foreign];
}

const days = numberOf('days', 1 / 24);
const accounts = numberOf('accounts', 1);
const attacks = options.attacks === undefined ? Math.max(2, Math.round(days)) : numberOf('attacks', 0);
const { campaigns, leftOut } = chooseCampaigns(await campaignsOf(), options.seed, days, attacks);
const folder = mkdtempSync(join(tmpdir(), 'jobzero-month-'));
const server = await startEmbedded({ home: folder, onLog: () => {}, settings: ['fsync=off', 'synchronous_commit=off'] });
const bar = await progressBar({ err: { isTerminal: process.stderr.isTTY === true } });
try {
  const { url } = await openDatabase({ url: server.url });
  const facts = await runMonth({
    seed: options.seed,
    tenant: 'month',
    accounts,
    days,
    eventsADay: numberOf('events', 0),
    campaigns,
    fast: !options.slow,
    tolerance: readFileSync(options.tolerance, 'utf8'),
    databaseUrl: url,
    folder,
    onProgress: bar.onProgress,
  });
  bar.stop();
  const score = scoreMonth(facts);
  if (leftOut.length > 0) console.log(`not played, since only lines of other logs tell of them: ${leftOut.length} campaigns`);
  console.log(reportText(`seed ${options.seed}, ${accounts} accounts, ${days} days, ${attacks} attacks`, score));
  if (options.stories) {
    const left = score.campaigns.filter(({ end }) => end !== 'contained' && end !== 'over').map(({ run }) => run);
    console.log(`\n${storiesOf(facts, left)}`);
  }
  if (options.out !== undefined) writeFileSync(options.out, `${JSON.stringify({ options, ...score }, null, 2)}\n`);
  if (options.bars && !barsOf(score).every(({ met }) => met)) process.exitCode = 1;
} finally {
  bar.stop();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
