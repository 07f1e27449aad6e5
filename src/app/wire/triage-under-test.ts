import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'yaml';
import { playbooks as ownPlaybooks, rules as ownRules } from '../../../content/index.ts';
import { sealFinding } from '../../core/lib/seal-finding.ts';
import { parseCampaign } from '../../core/model/campaign.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Incident, IncidentMember } from '../../core/model/incident.ts';
import type { JsonObject } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import type { DecisionRow, Store } from '../../core/ports/store.ts';
import { engineLoader } from '../../edge/engine/load-engine.ts';
import { fileLogs } from '../../edge/files/file-logs.ts';
import { fileSpill } from '../../edge/files/file-spill.ts';
import { takeLogObjects } from '../../range/log-objects.ts';
import { openRange, type Range } from '../../range/open-range.ts';
import { runCampaign } from '../../range/run-campaign.ts';
import { detect } from '../detect.ts';
import { ownThings } from '../own/own-things.ts';
import type { TriageDeps } from '../triage/triage-deps.ts';

export const tenant = 'default';
export const production = '444455556666';
const start = Date.UTC(2026, 0, 15, 9);
const rules = await ownRules();
const playbooks = await ownPlaybooks();

/** Tolerance under which automation answers people's stolen keys and what was opened. */
const tolerance = `
default:
  act: alone
  acceptLegitimateUse: [aws.s3.block-public-access, aws.ec2.narrow-world-open-ingress]
  acceptProductionUse: [aws.iam.contain-access-key, aws.s3.block-public-access, aws.ec2.narrow-world-open-ingress]
protected: ["arn:aws:iam::*:user/break-glass*"]
`;

export interface Attacked {
  readonly range: Range;
  /** A minute after the attack. */
  readonly now: number;
  /** All records that the trails delivered. */
  readonly records: readonly JsonObject[];
}

/** A simulated organisation after an attack with a stolen key, with the records of it. */
export async function attackedOrganisation(): Promise<Attacked> {
  const now = start + 120_000;
  const range = openRange({ seed: 'triage', start, now: () => now });
  const file = join(import.meta.dirname, '../../../content/campaigns/stolen-deploy-key.yml');
  runCampaign(range, [parseCampaign(parse(await readFile(file, 'utf8')), file)], start, start + 60_000);
  const records = takeLogObjects(range.state, now).flatMap(
    ({ bytes }) => (JSON.parse(gunzipSync(bytes).toString('utf8')) as { Records: readonly JsonObject[] }).Records,
  );
  return { range, now, records };
}

/** As if the same hand had been seen where it does not belong before, in the same incident, and AWS had confirmed it. */
export async function seenBefore(store: Store, [finding]: readonly Finding[]): Promise<void> {
  if (finding === undefined) return;
  const { revision: _, ...rest } = finding;
  const rule = { ...rest.rule, techniques: ['T1078.004'] };
  const earlier = sealFinding({ ...rest, id: 'e'.repeat(32), severity: 'High', rule });
  await store.within(tenant, async (tx) => {
    await tx.findings.put(earlier, 1);
    const contextHash = await tx.documents.put('context', JSON.stringify({ evidence: 'validated' }));
    const { id, revision } = earlier;
    await tx.decisions.put({ id: 'earlier', finding: id, revision, at: 1, contextHash, decision: {} } as DecisionRow);
    const attack = (await tx.incidents.get('attack'))?.incident;
    if (attack === undefined) throw new Error('there is no incident');
    const members = [...attack.members, { finding: earlier.id, revision: earlier.revision }];
    await tx.incidents.put({ ...attack, revision: 'with the earlier', members }, 1);
  });
}

/** What our own rules find in these records. */
export async function findingsIn(records: readonly JsonObject[]): Promise<readonly Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'jobzero-triage-'));
  const spill = fileSpill(folder);
  try {
    await writeFile(join(folder, 'records.json'), JSON.stringify({ Records: records }));
    const found = await detect({ roots: [folder], rules, tenant, workers: 0 }, { logs: fileLogs(), spill });
    return [...found.findings].map((finding) => finding.read());
  } finally {
    spill.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts findings into a store in which every playbook is armed, as one incident that pages, and gives what triage needs. */
export async function readyToTriage(store: Store, findings: readonly Finding[], cloud: Cloud, now: () => number): Promise<TriageDeps> {
  await store.within(tenant, async (tx) => {
    for (const finding of findings) {
      // They came a minute ago: what comes in together has come.
      await tx.findings.put(finding, now() - 60_000);
      await tx.incidents.putMembers([{ finding: finding.id, revision: finding.revision, links: [] } as unknown as IncidentMember]);
    }
    await tx.incidents.assign(findings.map(({ id }) => ({ finding: id, incident: 'attack' })));
    const members = findings.map(({ id, revision }) => ({ finding: id, revision }));
    const attack = { tenant, id: 'attack', revision: 'r', severity: 'High', pages: true, firstTime: 0, lastTime: 0, members };
    await tx.incidents.put(attack as unknown as Incident, now());
    for (const { id } of playbooks)
      await tx.settings.set(`armed/${id}/*`, { armed: true, signedBy: 'owner', shadowDays: 0 }, now(), 'owner');
    await tx.settings.set('tolerance', tolerance, now(), 'owner');
  });
  return {
    tenant,
    store,
    cloud,
    clock: { now },
    engines: engineLoader(),
    playbooks,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    own: () => ownThings({ roles: ['*obzero*'] }),
    exposing: new Set(['aws.s3.bucket-not-public']),
  };
}

/** The cloud with another event history: what these records say happened, AWS says too. */
export function withHistory(cloud: Cloud, records: readonly JsonObject[], onLookup: () => void = () => {}): Cloud {
  return {
    ...cloud,
    call: async (call) => {
      if (call.action !== 'cloudtrail:LookupEvents') return cloud.call(call);
      onLookup();
      const [attribute] = call.input['LookupAttributes'] as readonly JsonObject[];
      return {
        Events: records
          .filter((record) => record['eventID'] === attribute?.['AttributeValue'])
          .map((record) => ({
            EventId: record['eventID'] ?? null,
            EventName: record['eventName'] ?? null,
            CloudTrailEvent: JSON.stringify(record),
          })),
      };
    },
  };
}
