import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { narrowWorldOpenIngress } from '../../content/playbooks/aws/ec2/narrow-world-open-ingress.ts';
import { freezeUser } from '../../content/playbooks/aws/iam/freeze-user.ts';
import type { ConsoleDeps } from '../app/console/console-deps.ts';
import { giveOpinion } from '../app/judge/give-opinion.ts';
import { findingOf, judgingWorld, role, tenant } from '../app/judge/judge-under-test.ts';
import type { Wires } from '../app/wires.ts';
import { runCli } from './cli-under-test.ts';

let world: ReturnType<typeof judgingWorld>;
beforeEach(() => {
  world = judgingWorld();
  world.clock.time = Date.UTC(2026, 0, 15, 3);
});

function cli(...args: readonly string[]) {
  return cliOf('alice', ...args);
}

function cliOf(user: string, ...args: readonly string[]) {
  const questions = async () => [
    { id: 'aws.account.by-address', title: 'What did it do?', means: '', parameters: { ip: { description: '' } } },
  ];
  const deps = { ...world.deps, playbooks: [freezeUser, narrowWorldOpenIngress], questions } as unknown as ConsoleDeps;
  const wires: Partial<Wires> = { withConsole: (work) => work(deps) };
  return runCli(args, wires, { user });
}

/** A question that kim took for nothing and denied. */
async function judged(): Promise<string> {
  const id = await world.asked(findingOf('a'));
  await giveOpinion(world.deps, id, 'kim', { nature: 'benign', confidence: 80 });
  await cli('deny', id, '--as', 'kim');
  return id;
}

describe('outcome and scores', () => {
  test('another says how it turned out, and the score follows', async () => {
    const id = await judged();
    expect((await cli('outcome', '--as', 'lee')).out).toMatch(/not known\s+you/);
    expect((await cli('outcome', '--as', 'kim')).out).toMatch(/not known\s+others/);
    expect(await cli('outcome', id, 'benign', '--as', 'kim')).toMatchObject({
      code: 1,
      err: 'you have judged it: another person says how it turned out\n',
    });
    expect(await cli('outcome', id.slice(0, 8), '--as', 'lee')).toMatchObject({
      code: 2,
      err: expect.stringContaining('say true-positive or benign'),
    });
    expect(await cli('outcome', id, 'perhaps', '--as', 'lee')).toMatchObject({
      code: 2,
      err: expect.stringContaining('say true-positive or benign'),
    });
    expect(await cli('outcome', id.slice(0, 8), 'benign', '--as', 'lee')).toMatchObject({
      code: 0,
      err: expect.stringContaining('it was benign'),
    });
    const { out, err } = await cliOf('kim', 'scores');
    expect(out).toMatch(/kim\s+1\s+1\s+0\.040/);
    expect(out).toMatch(/80-89 %\s+1\s+80 %\s+100\.0 %\s+2\.5 % to 100\.0 %/);
    expect(err).toContain('your scores are private');
    expect((await cliOf('lee', 'scores')).out).not.toContain('kim');
    const refused = { code: 2, out: '', err: expect.stringContaining('these scores are private') };
    expect(await cliOf('lee', 'scores', '--as', 'kim')).toMatchObject(refused);
    expect(await cliOf('lee', 'scores', '--as', 'kim', '--share')).toMatchObject(refused);
    expect((await cliOf('kim', 'scores', '--share')).err).toContain('your scores are shared');
    expect((await cliOf('lee', 'scores')).out).toContain('kim');
    expect((await cliOf('lee', 'scores', '--as', 'kim')).out).toContain('kim');
    expect(await cliOf('lee', 'scores', '--as', 'kim', '--no-share')).toMatchObject(refused);
    expect((await cliOf('kim', 'scores', '--no-share')).err).toContain('your scores are private');
  });
});

describe('proposals', () => {
  test('what follows from an answer is told, and who may not review it is told so', async () => {
    await judged();
    const { out, err } = await cli('proposals', '--as', 'lee');
    expect(out).toContain('aws.x.y raised ordinary work');
    expect(out).toContain('not tried yet');
    expect(err).toContain('1 proposal');
    const id = JSON.parse((await cli('proposals', 'list', '--format', 'json')).out)[0].id as string;
    expect(await cli('proposals', 'adopt', id, '--as', 'kim')).toMatchObject({
      code: 1,
      err: 'you have judged it: another person reviews it\n',
    });
    expect(await cli('proposals', 'adopt', id, '--as', 'lee')).toMatchObject({ code: 1, err: expect.stringContaining('after the shift') });
    world.clock.time += 13 * 3_600_000;
    expect(await cli('proposals', 'reject', id, '--as', 'lee', '--note', 'no')).toMatchObject({
      code: 0,
      err: expect.stringContaining('rejected'),
    });
    expect(await cli('proposals', 'revoke', id, '--as', 'lee')).toMatchObject({ code: 1, err: 'it is rejected\n' });
    expect((await cli('proposals')).err).toContain('0 proposals');
    expect((await cli('proposals', 'list', '--all')).out).toContain('by lee: no');
  });

  test('a rule is written for it, from a file, and is told with where it is wrong', async () => {
    await judged();
    const [{ id }] = JSON.parse((await cli('proposals', 'list', '--format', 'json')).out) as [{ readonly id: string }];
    const file = join(mkdtempSync(join(tmpdir(), 'jobzero-proposals-')), 'rule.yml');
    writeFileSync(file, 'title: T\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { a: b } }\n');
    expect(await cli('proposals', 'write', id, file, '--as', 'mia')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/rule\.yml:3: "condition" is missing/),
    });
    writeFileSync(file, 'title: T\nlogsource: { product: aws, service: cloudtrail }\ndetection: { s: { a: b }, condition: s }\n');
    expect((await cli('proposals', 'write', id, file, '--as', 'mia')).err).toContain('1 rule, 0 filters: tried on history by a worker');
    expect((await cli('proposals')).out).toContain('written     title: T');
    expect(await cli('proposals', 'draft', id)).toMatchObject({ code: 0, out: expect.stringContaining('title: T') });
  });

  test('a playbook is picked for an attack, of those that find something in it', async () => {
    const actor = { type: 'IAMUser', uid: 'arn:aws:iam::111122223333:user/bob', name: 'bob', account: '111122223333' } as const;
    const call = { key: 'k', id: 'i', time: 1, rule: 'aws.x.y', operation: 'RunInstances', service: 'ec2.amazonaws.com' };
    const evidence = [{ ...call, account: '111122223333', region: 'us-east-1', actor }];
    const asked = await world.asked(findingOf('a', { actor, evidence }), []);
    await world.judged(asked, 'kim', 'true-positive', 80);
    const [{ id }] = JSON.parse((await cli('proposals', 'list', '--format', 'json')).out) as [{ readonly id: string }];
    const listed = await cli('proposals', 'playbooks', id);
    expect(listed).toMatchObject({ code: 0, err: '1 playbook: jobzero proposals assign ID PLAYBOOK\n' });
    expect(listed.out).toMatch(/aws\.iam\.freeze-user\s/);
    expect(await cli('proposals', 'assign', id, narrowWorldOpenIngress.id, '--as', 'mia')).toMatchObject({
      code: 1,
      err: 'the playbook answers it already, or finds nothing in it to work on\n',
    });
    expect(await cli('proposals', 'assign', id, freezeUser.id, '--as', 'mia')).toMatchObject({
      code: 0,
      err: 'tried on history by a worker, then reviewed by another person\n',
    });
    expect((await cli('proposals')).out).toContain('Offer aws.iam.freeze-user about what aws.x.y finds in 111122223333, after asking.');
  });

  test('the holes of the file and those adopted stand in one list', async () => {
    const exemption = {
      rule: 'aws.x.y',
      account: '111122223333',
      actor: role,
      resources: [],
      owner: 'kim, reviewed by lee',
      reason: 'r',
      expires: Date.UTC(2026, 5, 1),
    };
    const assignment = {
      rule: 'aws.x.z',
      account: '111122223333',
      playbook: narrowWorldOpenIngress.id,
      owner: 'kim',
      reason: 'r',
      expires: 1e13,
    };
    await world.store.within(tenant, async (tx) => {
      await tx.settings.set('tolerance', 'exemptions: [{ rule: aws.s3.z, owner: web, reason: r, expires: "2026-12-31" }]', 1, 'owner');
      await tx.settings.set(
        'tolerance/adopted',
        {
          adopted: [
            { proposal: 'abcdef0123', change: { kind: 'exemption', exemption } },
            { proposal: 'fedcba0123', change: { kind: 'assignment', assignment } },
          ],
        },
        1,
        'lee',
      );
    });
    const { out, err } = await cli('tolerance');
    expect(out).toMatch(/closed\s+aws\.s3\.z\s+all\s+tolerance\.yml/);
    expect(out).toMatch(/closed\s+aws\.x\.y\s+111122223333\s+proposal abcdef01/);
    expect(out).toMatch(/offered\s+aws\.x\.z\s+111122223333\s+proposal fedcba01.*aws\.ec2\.narrow-world-open-ingress/);
    expect(err).toBe('2 exemptions, 0 grants, 1 assignment\n');
  });
});

test('investigate opens, shows, and ends', async () => {
  expect(await cli('investigate', '--about', '198.51.100.7')).toMatchObject({ code: 2, err: expect.stringContaining('--says') });
  expect(await cli('investigate', '--about', 'nothing', '--says', 'odd')).toMatchObject({
    code: 2,
    err: expect.stringContaining('an ARN, an access key or an address'),
  });
  const { out } = await cli('investigate', '--about', '198.51.100.7', '--says', 'It is odd.', '--as', 'kim');
  expect(out).toContain("jobzero query --question aws.account.by-address --param 'ip=198.51.100.7'");
  const id = JSON.parse((await cli('investigate', '--format', 'json')).out)[0].id as string;
  expect(await cli('investigate', id, 'benign', '--as', 'kim')).toMatchObject({ code: 2, err: expect.stringContaining('how sure') });
  expect((await cli('investigate', id, 'benign', '--confidence', '70', '--as', 'kim')).out).toContain('benign, 70 % sure, said by kim');
  expect((await cli('investigate', id, 'benign', '--confidence', '70', '--as', 'kim')).code).toBe(1);
  expect((await cli('investigate')).out).toMatch(/closed.*198\.51\.100\.7/);
  expect((await cli('outcome', '--as', 'lee')).out).toContain('198.51.100.7: It is odd.');
});

test('samples are drawn for whoever asks, judged blind, and told with their bound', async () => {
  await world.store.within(tenant, async (tx) => {
    const finding = findingOf('closed');
    await tx.findings.put(finding, 1);
    await tx.findings.live('closed', 'resolved', 2, 'automation', 'It is over.');
    await tx.decisions.put({
      id: 'd1',
      finding: 'closed',
      revision: finding.revision,
      at: 2,
      findingHash: '',
      contextHash: '',
      toleranceHash: '',
      engine: '',
      decisionHash: '',
      decision: {
        format: 'jobzero.decision/1',
        finding: 'closed',
        revision: finding.revision,
        verdict: 'close',
        guardrails: [],
        reason: '',
        actions: [],
        risk: 600,
      },
    });
  });
  expect((await cli('audit-sample', '--draw', '--as', 'dora')).err).toContain(
    '1 card put among your questions\n0 of 0 judged closures wrong; of 1 closed at most 100.00 % (95 %); 1 card waiting',
  );
  const [card] = JSON.parse((await cli('judge', '--as', 'dora', '--format', 'json')).out) as readonly {
    judgement: { id: string; question: string };
  }[];
  expect(card?.judgement.question).toBe('Something odd: has somebody looked at it?');
  expect((await cli('deny', card?.judgement.id ?? '', '--as', 'dora', '--confidence', '90')).err).toContain(
    'This was a sample of what automation closed. Nothing was done.',
  );
  expect((await cli('audit-sample')).out).toMatch(/high decided\s+1\s+1\s+0\s+95\.00 %/);
  expect((await cli('drill', '--as', 'dora')).out).toMatch(/sample\s+benign, 90 % sure\s+not known/);
});

describe('risks', () => {
  test('the register as a table and as JSON, with its trend, of one account where that is asked', async () => {
    await world.asked(findingOf('a'));
    const { out, err } = await cli('risks', '--days', '3');
    // Not decided: a detection without evidence, of severity High.
    expect(out).toMatch(/280\s+5 x 56\s+-\s+111122223333\s+takeover\s+1\s+1 waiting\s+nobody\s+0\s+Something odd/);
    expect(out).toMatch(/High\s+▁▁█ 1, most 1/);
    expect(err).toContain('1 risk of 1 finding');
    expect(JSON.parse((await cli('risks', '--format', 'json')).out)).toMatchObject({ risks: [{ risk: 280, treatments: { waiting: 1 } }] });
    expect((await cli('risks', '--account', '444455556666')).out).toBe('No finding is open.\n');
  });
});
