import { readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson } from '../../lib/canonical-json.ts';
import { clip, clipLine } from '../../lib/clip.ts';
import type { Finding } from '../../model/finding.ts';
import { severities } from '../../model/severity.ts';
import { incidentsOf } from '../incidents/incidents-of.ts';
import { asffType, toAsff } from './asff.ts';
import { toOcsf } from './ocsf.ts';
import { toOcsfIncident } from './ocsf-incident.ts';
import { compliance, detection, hostile } from './sample-findings.ts';
import { sarifPrinter, toSarif } from './sarif.ts';

/** Compares with a golden file; UPDATE_GOLDEN=1 writes it anew, for a review of the difference. */
function expectGolden(name: string, text: string): void {
  const file = new URL(`./golden/${name}`, import.meta.url);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const pretty = (value: unknown): string => `${JSON.stringify(JSON.parse(canonicalJson(value)), null, 2)}\n`;

describe('golden files', () => {
  test.each([
    ['detection.ocsf.json', () => pretty(toOcsf(detection))],
    ['compliance.ocsf.json', () => pretty(toOcsf(compliance))],
    ['incident.ocsf.json', () => pretty(incidentsOf([detection], [], 'default').map(toOcsfIncident))],
    ['detection.asff.json', () => pretty(toAsff(detection))],
    ['compliance.asff.json', () => pretty(toAsff(compliance))],
    ['both.sarif.json', () => pretty(toSarif([detection, compliance]))],
  ])('%s', (name, print) => {
    expectGolden(name, print());
  });
});

describe('OCSF', () => {
  test('has what the issue and the schema ask for', () => {
    const event = JSON.parse(canonicalJson(toOcsf(detection)));
    expect(event).toMatchObject({ class_uid: 2004, type_uid: 200401, severity_id: 4, metadata: { version: '1.6.0' } });
    expect(event.resources[0].uid).toBe('arn:aws:iam::111122223333:user/alice');
    expect(event.finding_info.attacks).toEqual([
      {
        sub_technique: { name: 'Additional Cloud Credentials', uid: 'T1098.001' },
        tactic: { name: 'Persistence', uid: 'TA0003' },
        technique: { name: 'Account Manipulation', uid: 'T1098' },
        version: '19.2',
      },
    ]);
    expect(event.finding_info.related_events.map((related: { uid: string }) => related.uid)).toEqual([
      '11111111-2222-4333-8444-555555555555',
      '66666666-7777-4888-8999-000000000000',
    ]);
  });

  test('says nothing of the finding`s life unless it is given', () => {
    expect(toOcsf(detection)).not.toHaveProperty('status_id');
    expect(toOcsf(detection, 'suppressed')).toMatchObject({ status_id: 3, activity_id: 1 });
    expect(toOcsf(detection, 'resolved')).toMatchObject({ status_id: 4, activity_id: 3, type_uid: 200403 });
  });

  test('a service name or an impossible address is no ip', () => {
    const event = JSON.parse(canonicalJson(toOcsf(detection)));
    expect(event.evidences[0].src_endpoint).toEqual({ ip: '192.0.2.10' });
    expect(event.evidences[1].src_endpoint).toEqual({ name: 'cloudformation.amazonaws.com' });
  });

  test.each([
    [
      ['T1098.001'],
      ['defense-evasion', 'persistence'],
      [
        ['T1098.001', 'TA0003'],
        [undefined, 'TA0005'],
      ],
    ],
    [
      ['T1098.001'],
      ['persistence', 'privilege-escalation'],
      [
        ['T1098.001', 'TA0003'],
        ['T1098.001', 'TA0004'],
      ],
    ],
    [['T1098.001'], [], [['T1098.001', undefined]]],
    [['T9999'], ['impact'], [['T9999', 'TA0040']]],
    [
      ['T9999'],
      ['impact', 'discovery'],
      [
        ['T9999', undefined],
        [undefined, 'TA0040'],
        [undefined, 'TA0007'],
      ],
    ],
    [[], ['made-up'], [[undefined, undefined]]],
  ])('techniques %j and tactics %j', (techniques, tactics, pairs) => {
    const event = JSON.parse(canonicalJson(toOcsf({ ...detection, rule: { ...detection.rule, techniques, tactics } })));
    interface Attack {
      readonly sub_technique?: { readonly uid: string };
      readonly technique?: { readonly uid: string };
      readonly tactic?: { readonly uid?: string };
    }
    expect(
      event.finding_info.attacks.map((attack: Attack) => [attack.sub_technique?.uid ?? attack.technique?.uid, attack.tactic?.uid]),
    ).toEqual(pairs);
  });

  test('observables point at their values', () => {
    const event = JSON.parse(canonicalJson(toOcsf(detection)));
    expect(event.observables.length).toBe(5);
    for (const { name, value } of event.observables) {
      const found = String(name)
        .split(/[.[\]]+/)
        .filter((part) => part !== '')
        .reduce((at, part) => at[part], event);
      expect(found).toBe(value);
    }
  });
});

describe('ASFF', () => {
  test.each([
    ['AWS::IAM::User', 'AwsIamUser'],
    ['AWS::IAM::ManagedPolicy', 'AwsIamPolicy'],
    ['AWS::EC2::SecurityGroup', 'AwsEc2SecurityGroup'],
    ['AWS::CloudTrail::Trail', 'AwsCloudTrailTrail'],
    ['AWS::S3::Bucket', 'AwsS3Bucket'],
    ['AWS::ECS::Cluster', 'AwsEcsCluster'],
    ['AWS::Lambda::Function', 'AwsLambdaFunction'],
    ['AWS::::Account', 'AwsAccount'],
    ['AWS::Unheard::Of', 'Other'],
    ['constructor', 'Other'],
  ])('%s is %s', (type, asff) => {
    expect(asffType(type)).toBe(asff);
  });

  test('a finding without a resource names the account, in the right partition', () => {
    expect(toAsff({ ...detection, resources: [], region: 'cn-north-1' })).toMatchObject({
      ProductArn: 'arn:aws-cn:securityhub:cn-north-1:111122223333:product/111122223333/default',
      Resources: [{ Id: 'AWS::::Account:111122223333', Partition: 'aws-cn', Type: 'AwsAccount' }],
    });
  });

  test('keeps the limits of BatchImportFindings on hostile input', () => {
    const asff = JSON.parse(canonicalJson(toAsff(hostile)));
    expect(asff.Title.length).toBeLessThanOrEqual(256);
    expect(asff.Description.length).toBeLessThanOrEqual(1024);
    expect(asff.Resources.length).toBe(32);
    for (const { Id, Type } of asff.Resources) {
      expect(Id.length).toBeLessThanOrEqual(512);
      expect(Type).toBe('Other');
    }
    for (const required of ['Title', 'Description', 'GeneratorId', 'Id']) expect(asff[required]).toMatch(/\S/);
    expect(Buffer.byteLength(canonicalJson(asff))).toBeLessThan(240_000);
  });
});

describe('SARIF', () => {
  test('pieces and the whole are the same', () => {
    const printer = sarifPrinter();
    const text = printer.begin() + [detection, compliance, hostile].map(printer.one).join('') + printer.end();
    expect(JSON.parse(text)).toEqual(toSarif([detection, compliance, hostile]));
  });

  test('an empty run is a valid log', () => {
    expect(toSarif([])).toMatchObject({ version: '2.1.0', runs: [{ results: [], tool: { driver: { name: 'jobzero', rules: [] } } }] });
  });

  test('each result names a rule that is there, and the worst severity stands for the rule', () => {
    const log = JSON.parse(canonicalJson(toSarif([{ ...detection, severity: 'Low' }, detection, { ...detection, severity: 'Medium' }])));
    const [run] = log.runs;
    expect(run.tool.driver.rules).toHaveLength(1);
    expect(run.tool.driver.rules[0].defaultConfiguration.level).toBe('error');
    expect(run.results.map((result: { level: string }) => result.level)).toEqual(['note', 'error', 'warning']);
  });
});

describe('hostile texts', () => {
  test.each([
    ['ocsf', (finding: Finding) => canonicalJson(toOcsf(finding))],
    ['asff', (finding: Finding) => canonicalJson(toAsff(finding))],
    ['sarif', (finding: Finding) => canonicalJson(toSarif([finding]))],
  ])('%s is well-formed, bounded and one line', (_, print) => {
    const text = print(hostile);
    expect(text.length).toBeLessThan(400_000);
    expect([...text].filter((char) => char < ' ')).toEqual([]);
    expect(JSON.stringify(JSON.parse(text))).not.toMatch(/\\ud[89a-f]/i);
  });

  test('any text is clipped to the limit without tearing a pair', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 40 }).map((t) => `${t}\ud800${t}`),
        fc.integer({ min: 1, max: 20 }),
        (text, max) => {
          for (const clipped of [clip(text, max), clipLine(text, max)]) {
            expect(clipped.length).toBeLessThanOrEqual(max);
            expect(clipped.isWellFormed()).toBe(true);
          }
          if (text.length <= max) expect(clip(text, max)).toBe(text.toWellFormed());
        },
      ),
    );
  });

  test('any strings anywhere print in all formats', () => {
    const any = fc.string({ unit: 'binary-ascii', maxLength: 12 }).map((text) => `${text}\ud800`);
    fc.assert(
      fc.property(any, any, fc.constantFrom(...severities), fc.integer(), (a, b, severity, time) => {
        const finding: Finding = {
          ...detection,
          severity,
          lastTime: time,
          account: a,
          region: b,
          message: a,
          rule: { ...detection.rule, id: b, tactics: [a], techniques: [b] },
        };
        for (const value of [toOcsf(finding), toAsff(finding), toSarif([finding])]) {
          expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
        }
      }),
      { numRuns: 50 },
    );
  });
});
