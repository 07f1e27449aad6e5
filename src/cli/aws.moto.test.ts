import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { need } from '../../tools/require.ts';
import { type MotoServer, startMoto } from '../edge/aws/moto-server.ts';
import { openAws } from '../edge/aws/open-aws.ts';

const bin = fileURLToPath(new URL('../../bin/jobzero.js', import.meta.url));
const region = 'us-east-1';
const credentials = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'example' };

/** Runs the command line while this process goes on. */
function cli(args: readonly string[], env: { readonly [name: string]: string } = credentials) {
  return new Promise<{ readonly code: number | null; readonly out: string; readonly err: string }>((resolve) => {
    const { AWS_PROFILE: _, ...inherited } = process.env;
    const child = spawn(process.execPath, [bin, ...args], {
      env: {
        ...inherited,
        AWS_EC2_METADATA_DISABLED: 'true',
        AWS_CONFIG_FILE: '/nonexistent',
        AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
        ...env,
      },
    });
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (out += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (err += part));
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

test('without credentials it says what is missing', async () => {
  const { code, out, err } = await cli(['assess'], { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' });
  expect([code, out, err]).toEqual([
    69,
    '',
    'jobzero: there are no AWS credentials: give --profile NAME, or set AWS_PROFILE or AWS_ACCESS_KEY_ID\n',
  ]);
});

describe.skipIf(!need('moto'))('an AWS account (emulated)', () => {
  let moto: MotoServer;
  let choice: readonly string[];

  beforeAll(async () => {
    moto = await startMoto();
    choice = ['--endpoint-url', moto.url, '--regions', region];
    const cloud = openAws({
      endpointUrl: moto.url,
      credentials: { accessKeyId: credentials.AWS_ACCESS_KEY_ID, secretAccessKey: credentials.AWS_SECRET_ACCESS_KEY },
      actAsSelf: true,
    });
    const call = (action: string, input: Parameters<typeof cloud.call>[0]['input']) =>
      cloud.call({ account: moto.account, region, action, input, role: 'actor', session: { policy: {}, name: 'test' } });
    const { GroupId } = (await call('ec2:CreateSecurityGroup', { GroupName: 'open', Description: 'open' })) as { readonly GroupId: string };
    // The whole world in two halves.
    for (const CidrIp of ['0.0.0.0/1', '128.0.0.0/1']) {
      await call('ec2:AuthorizeSecurityGroupIngress', {
        GroupId,
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp }] }],
      });
    }
    await cloud.close();
  }, 60_000);

  afterAll(() => moto?.stop());

  test('assess finds what is wrong, in each format', async () => {
    const table = await cli(['assess', ...choice, '--fail-on', 'High']);
    expect(table.code).toBe(1);
    expect(table.out).toMatch(/Fail +\w+ +aws\.ec2\.no-world-open-ingress/);
    const ocsf = await cli(['assess', ...choice, '--format', 'ocsf']);
    const events = ocsf.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(events.every((event) => event.class_uid === 2003 && event.compliance.status === 'Fail')).toBe(true);
    expect(events.map((event) => event.metadata.event_code)).toContain('aws.ec2.no-world-open-ingress');
    const json = JSON.parse((await cli(['assess', ...choice, '--format', 'json'])).out);
    expect(new Set(json.outcomes.map(({ outcome }: { readonly outcome: { readonly status: string } }) => outcome.status))).toContain(
      'Pass',
    );
  }, 60_000);

  test('first-look tells what it could not see, and what it would have done', async () => {
    const { code, out } = await cli(['first-look', ...choice, '--format', 'json', '--strict']);
    const look = JSON.parse(out);
    // This emulator has no event history.
    expect(code).toBe(3);
    expect(look.unseen).toMatchObject([{ missing: 'cloudtrail:LookupEvents', what: 'events' }]);
    expect(look.wouldHave).toMatchObject([{ playbook: 'aws.ec2.narrow-world-open-ingress' }]);
    const states = Object.fromEntries(look.logs.map((log: { readonly id: string; readonly state: string }) => [log.id, log.state]));
    expect(states).toMatchObject({ 'cloudtrail.management': 'off', 'vpc.flow': 'off', 'route53.resolver': 'unknown' });
  }, 60_000);
});
