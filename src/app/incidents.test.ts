import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sequences as allSequences } from '../../content/index.ts';
import { need } from '../../tools/require.ts';
import { incidentsOf } from '../core/findings/incidents/incidents-of.ts';
import { parseCampaign } from '../core/model/campaign.ts';
import type { JsonObject } from '../core/model/json.ts';
import { takeLogObjects } from '../range/log-objects.ts';
import { openRange } from '../range/open-range.ts';
import { runCampaign } from '../range/run-campaign.ts';
import { findingsIn, tenant } from './wire/triage-under-test.ts';

const sequences = await allSequences();
const start = Date.UTC(2026, 0, 15, 9);

/** The records of some hours of a campaign. */
function play(name: string, hours: number): readonly JsonObject[] {
  const file = join(import.meta.dirname, `../../content/campaigns/${name}.yml`);
  const until = start + hours * 3_600_000;
  const range = openRange({ seed: 'incidents', start, now: () => start });
  runCampaign(range, [parseCampaign(parse(readFileSync(file, 'utf8')), file)], start, until);
  return takeLogObjects(range.state, until).flatMap(
    ({ bytes }) => (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: readonly JsonObject[] }).Records,
  );
}

test('the attack with the stolen key is one incident, and it pages', async () => {
  const findings = await findingsIn(play('stolen-deploy-key', 0.1));
  const incidents = incidentsOf(findings, sequences, tenant);
  expect(incidents).toHaveLength(1);
  const [incident] = incidents;
  expect(incident).toMatchObject({ pages: true, severity: 'Critical', accounts: ['444455556666'] });
  expect(incident?.sequences).toEqual(expect.arrayContaining(['aws.cloudtrail.blinded-then-changed', 'aws.s3.look-around-then-open']));
  // Nothing of the attack is elsewhere.
  expect(incident?.members.map((member) => member.finding)).toEqual(findings.map((finding) => finding.id).sort());
  expect(incident?.tactics.length).toBeGreaterThanOrEqual(5);
});

test('an ordinary day pages nobody', async () => {
  expect(incidentsOf(await findingsIn(play('ordinary-day', 12)), sequences, tenant).filter(({ pages }) => pages)).toEqual([]);
});

describe.skipIf(!need('corpus'))('recorded logs', () => {
  const folder = join(process.env['JOBZERO_CORPUS'] ?? '', 'cloudtrail');
  const recordsOf = (file: string) => {
    const text = gunzipSync(readFileSync(join(folder, file))).toString('utf8');
    const documents = file.endsWith('.jsonl.gz') ? text.trim().split('\n') : [text];
    return documents.flatMap((document) => (JSON.parse(document) as { Records: readonly JsonObject[] }).Records);
  };
  const attacks = existsSync(folder) ? readdirSync(folder).filter((file) => file.startsWith('aws.')) : [];

  test.each(attacks)('%s is at most one incident', async (file) => {
    const findings = await findingsIn(recordsOf(file));
    const incidents = incidentsOf(findings, sequences, tenant);
    expect(incidents.length).toBeLessThanOrEqual(1);
    const isGrave = findings.some(({ severity }) => severity === 'High' || severity === 'Critical');
    // Of the weak ones, machines to mine with are told by a sequence.
    expect(incidents.map(({ pages }) => pages)).toEqual(
      isGrave || file.includes('unusual-instances') ? [true] : incidents.map(() => false),
    );
  });

  test.each(['administration.json.gz', 'benign-tasks.jsonl.gz'])('%s pages nobody', async (file) => {
    expect(incidentsOf(await findingsIn(recordsOf(file)), sequences, tenant).filter(({ pages }) => pages)).toEqual([]);
  });
});
