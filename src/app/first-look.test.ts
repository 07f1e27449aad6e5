import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { restartTrail } from '../../content/playbooks/aws/cloudtrail/restart-trail.ts';
import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { containAccessKey } from '../../content/playbooks/aws/iam/contain-access-key.ts';
import { listUnits, ruleFiles } from '../../tools/units.ts';
import { loadRules } from '../core/detect/sigma/parse-rules.ts';
import { compliance } from '../core/findings/export/sample-findings.ts';
import { parseCampaign } from '../core/model/campaign.ts';
import { CloudError } from '../core/model/errors.ts';
import type { Cloud } from '../core/ports/cloud.ts';
import { readLookupEvents } from '../edge/aws/read-lookup-events.ts';
import { openRange } from '../range/open-range.ts';
import { runCampaign } from '../range/run-campaign.ts';
import { type FirstLookDeps, type FirstLookInput, firstLook } from './first-look.ts';

const start = Date.UTC(2026, 0, 15, 9);
const account = '444455556666';
const region = 'us-east-1';
const { rules } = loadRules(ruleFiles(), { declared: listUnits().keys() });
const input: FirstLookInput = { days: 90, minutes: 15, regions: [region], onProgress: () => {} };

/** A simulated organisation after an attack with a stolen key. */
function attacked(): Cloud {
  const range = openRange({ seed: 'first-look', start, now: () => start + 600_000 });
  const file = 'content/campaigns/stolen-deploy-key.yml';
  const campaign = parseCampaign(parse(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8')), file);
  runCampaign(range, [campaign], start, start + 60_000);
  return range.cloud;
}

function deps(cloud: Cloud, more: Partial<FirstLookDeps> = {}): FirstLookDeps {
  return {
    clock: { now: () => start + 600_000 },
    cloud,
    lookup: (of, where, from, to) => readLookupEvents(cloud, of, where, from, to),
    rules,
    assess: async () => ({ outcomes: [], findings: [], unread: [] }),
    playbooks: [restartTrail, narrowWorldOpenIngress, containAccessKey],
    tenant: 'default',
    ...more,
  };
}

/** The cloud, with these actions refused as AWS refuses them. */
function refusing(cloud: Cloud, ...actions: readonly string[]): Cloud {
  return {
    ...cloud,
    call: (call) =>
      actions.includes(call.action)
        ? Promise.reject(new CloudError('denied', 'AccessDenied', call.action, 'not authorised'))
        : cloud.call(call),
  };
}

describe('a first look', () => {
  test('finds the attack, and says what would have been done and what that may break', async () => {
    const look = await firstLook(deps(attacked()), input);
    expect(look.accounts.map(({ id }) => id)).toContain(account);
    expect(look.events).toBeGreaterThan(10);
    expect(look.detections.length).toBeGreaterThan(0);
    const severe = look.detections.filter(({ severity }) => severity === 'High' || severity === 'Critical');
    expect(severe.length).toBeGreaterThan(0);
    expect(look.detections[0]?.severity).toBe(severe[0]?.severity);
    const contained = look.wouldHave.filter(({ playbook }) => playbook === 'aws.iam.contain-access-key');
    expect(contained.length).toBeGreaterThan(0);
    for (const would of look.wouldHave) {
      expect(would.blastRadius).not.toBe('');
      expect(would.inverse).not.toBe('');
    }
    expect(look.rootCauses.reduce((n, cause) => n + cause.findings, 0)).toBe(look.detections.length);
  });

  test('knows the accounts of the organisation: a share with one of them is a note, and without leave to list them it is not', async () => {
    const range = openRange({ seed: 'first-look', start, now: () => start + 600_000 });
    const file = 'shares.yml';
    const shares = parseCampaign(
      parse(`
id: shares
title: A disk is shared
description: A disk is shared with a sister account.
kind: benign
actors: { admin: { account: production, signs: { person: admin, set: AdministratorAccess } } }
steps:
  - id: share
    actor: admin
    action: ec2:ModifySnapshotAttribute
    input: { snapshotId: snap-0123456789abcdef0, attributeType: CREATE_VOLUME_PERMISSION, createVolumePermission: { add: { items: [{ userId: "\${account.management}" }] } } }
`),
      file,
    );
    runCampaign(range, [shares], start, start + 60_000);
    const titles = async (cloud: Cloud) =>
      (await firstLook(deps(cloud), input)).detections.map(({ title, severity }) => `${severity}: ${title}`);
    const share = 'Medium: EBS snapshot shared with another account';
    const note = 'Informational: Shared with, or opened to, an account of the own organisation';
    expect(await titles(range.cloud)).toContain(note);
    expect(await titles(range.cloud)).not.toContain(share);
    const unknown = await titles({ ...range.cloud, members: async () => null });
    expect(unknown).toContain(share);
    expect(unknown).not.toContain(note);
  });

  test('changes nothing', async () => {
    const cloud = attacked();
    const calls: string[] = [];
    const watched: Cloud = {
      ...cloud,
      call: (call) => {
        calls.push(`${call.role} ${call.action}`);
        return cloud.call(call);
      },
    };
    await firstLook(deps(watched), input);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((call) => !/^reader [a-z0-9]+:(Get|List|Describe|Lookup)/.test(call))).toEqual([]);
  });

  test('the same account gives the same look', async () => {
    const cloud = attacked();
    expect(await firstLook(deps(cloud), input)).toEqual(await firstLook(deps(cloud), input));
  });

  test('what may not be read is unknown with its permission, never good', async () => {
    const cloud = refusing(attacked(), 'cloudtrail:LookupEvents', 'cloudtrail:DescribeTrails');
    const look = await firstLook(deps(cloud), input);
    expect(look.complete).toBe(false);
    expect(look.events).toBe(0);
    expect(look.unseen).toContainEqual({
      account,
      region,
      what: 'events',
      missing: 'cloudtrail:LookupEvents',
      reason: 'AWS answered AccessDenied.',
    });
    const management = look.logs.find((log) => log.account === account && log.id === 'cloudtrail.management');
    expect(management).toMatchObject({ state: 'unknown', missing: 'cloudtrail:DescribeTrails' });
  });

  test('a refused assessment leaves the rest', async () => {
    const look = await firstLook(
      deps(attacked(), { assess: () => Promise.reject(new CloudError('denied', 'AccessDenied', 'iam:ListUsers', 'no')) }),
      input,
    );
    expect(look.detections.length).toBeGreaterThan(0);
    expect(look.unseen.filter(({ missing }) => missing === 'iam:ListUsers').length).toBe(look.accounts.length);
  });

  test('failed controls are root causes and can be acted on', async () => {
    const failure = { ...compliance, account };
    const look = await firstLook(
      deps(attacked(), {
        assess: async (of) => ({
          outcomes: [],
          findings: of === account ? [failure, { ...failure, id: 'b'.repeat(32) }] : [],
          unread: [
            { account: of, region, permission: 's3:ListAllMyBuckets', types: ['AWS::S3::Bucket'], code: 'AccessDenied', reason: '' },
          ],
        }),
      }),
      input,
    );
    expect(look.rootCauses[0]).toMatchObject({ id: compliance.rule.id, severity: 'Critical', findings: 2, accounts: 1 });
    expect(look.bySeverity.Critical).toBeGreaterThanOrEqual(2);
    expect(look.unseen).toContainEqual({
      account,
      region,
      what: 'AWS::S3::Bucket',
      missing: 's3:ListAllMyBuckets',
      reason: 'AWS answered AccessDenied.',
    });
  });

  test('when the time is over it stops and says what is missing', async () => {
    const cloud = attacked();
    let now = start + 600_000;
    const look = await firstLook(
      deps(cloud, {
        clock: { now: () => now },
        async *lookup(of, where, from, to) {
          for await (const text of readLookupEvents(cloud, of, where, from, to)) {
            yield text;
            if (of === account) now += 60_000;
          }
        },
      }),
      { ...input, minutes: 3 },
    );
    expect(look.complete).toBe(false);
    expect(look.unseen.some(({ missing, what }) => missing === 'time' && what.startsWith('events'))).toBe(true);
    expect(look.events).toBeGreaterThan(0);
  });

  test('records that make no sense are counted and do not stop it', async () => {
    const look = await firstLook(
      deps(attacked(), {
        async *lookup() {
          yield 'not JSON';
          yield '{"eventName":7}';
          yield '[]';
        },
      }),
      input,
    );
    expect(look.setAside).toBe(3 * look.accounts.length);
    expect(look.complete).toBe(false);
    expect(look.unseen.filter((one) => one.what === 'a record' && one.account === account).map(({ reason }) => reason)).toEqual([
      'It was set aside: not JSON.',
      'It was set aside: no CloudTrail record: eventName or eventSource is missing.',
      'It was set aside: no JSON object.',
    ]);
  });
});

describe('which logs are written', () => {
  test('each log of the list has a row with what it shows and costs', async () => {
    const look = await firstLook(deps(attacked()), input);
    const mine = look.logs.filter((log) => log.account === account);
    expect(new Set(mine.map(({ id }) => id)).size).toBe(8);
    for (const log of mine) {
      expect([log.shows, log.cost, log.source].every((text) => text.length > 20)).toBe(true);
      expect(['on', 'partly', 'off', 'unknown']).toContain(log.state);
    }
  });
});
