import { describe, expect, test } from 'vitest';
import { eventsOfText } from '../core/collect/log-reader.ts';
import { guardDutyExample, guardDutyInHub, healthExample } from '../core/collect/reports/examples.ts';
import { CopiesById } from '../core/findings/imported/copies-lines.ts';
import { importedFinding } from '../core/findings/imported/imported-finding.ts';
import { incidentsOf } from '../core/findings/incidents/incidents-of.ts';
import { linksOf } from '../core/findings/incidents/links.ts';
import { findingUnderTest } from '../core/lib/finding-under-test.ts';
import type { Actor, Finding } from '../core/model/finding.ts';
import type { JsonObject } from '../core/model/json.ts';

const account = '111122223333';
const at = Date.UTC(2026, 0, 5, 8, 5);

function imported(record: JsonObject): Finding {
  const copies = new CopiesById('default');
  for (const { report } of eventsOfText(JSON.stringify(record), 'x')) if (report !== undefined) copies.add(report);
  const [first] = copies.drain();
  const finding = first === undefined ? null : importedFinding('default', first[1], () => []);
  if (finding === null) throw new Error('no finding');
  return finding;
}

/** What a rule of ours finds of a call of CloudTrail. */
function ours(actor: Actor, uid = 'arn:aws:s3:::else'): Finding {
  const resource = { uid, type: 'AWS::S3::Bucket', name: uid, account, region: 'us-east-1' };
  const call = {
    key: 'k',
    id: 'k',
    time: at,
    rule: 'aws.x.y',
    operation: 'X',
    service: 'x.amazonaws.com',
    account,
    region: 'us-east-1',
    actor,
  };
  return findingUnderTest({ id: '0'.repeat(32), at, account, actor, resources: [resource], evidence: [call] });
}

const keyDetails = (more: JsonObject): JsonObject => ({ resource: { resourceType: 'AccessKey', accessKeyDetails: more } });
const person: Actor = {
  type: 'AssumedRole',
  uid: `arn:aws:sts::${account}:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/dana`,
  name: 'AWSReservedSSO_Admin_0123456789abcdef/dana',
  issuer: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef`,
  accessKeyId: 'ASIAPERSONEXAMPLE123',
};
const session: Actor = {
  type: 'AssumedRole',
  uid: `arn:aws:sts::${account}:assumed-role/deploy/i-0a1b2c3d4e5f60718`,
  name: 'deploy/i-0a1b2c3d4e5f60718',
  issuer: `arn:aws:iam::${account}:role/deploy`,
};
const user: Actor = {
  type: 'IAMUser',
  uid: `arn:aws:iam::${account}:user/ci-deployer`,
  name: 'ci-deployer',
  accessKeyId: 'AKIAIOSFODNN7EXAMPLE',
};
const other: Actor = { ...user, uid: `arn:aws:iam::${account}:user/ops/else`, name: 'else', accessKeyId: 'AKIAI44QH8DHBEXAMPLE' };

/** An attack of several steps: https://docs.aws.amazon.com/guardduty/latest/APIReference/API_Sequence.html */
const sequence = guardDutyExample(3, {
  type: 'AttackSequence:IAM/CompromisedCredentials',
  severity: 9.1,
  resource: { resourceType: 'AttackSequence' },
  service: {
    ...(guardDutyExample(3)['service'] as JsonObject),
    action: {},
    detection: {
      sequence: {
        uid: 'sequence-1',
        description: 'Several steps.',
        actors: [
          {
            id: 'actor-1',
            user: {
              name: 'deploy',
              uid: 'AROAEXAMPLEEXAMPLE12:i-0a1b2c3d4e5f60718',
              type: 'AssumedRole',
              credentialUid: 'ASIASESSIONEXAMPLE12',
              account: { uid: account },
            },
          },
          {
            id: 'actor-2',
            user: {
              name: 'else',
              uid: 'AIDAEXAMPLEEXAMPLE12',
              type: 'IAMUser',
              credentialUid: 'AKIAI44QH8DHBEXAMPLE',
              account: { uid: account },
            },
          },
        ],
        resources: [
          { uid: 'arn:aws:s3:::reports-example', resourceType: 'S3_BUCKET', accountId: account, region: 'us-east-1' },
          { uid: 'ASIASESSIONEXAMPLE12', resourceType: 'ACCESS_KEY', accountId: account, region: 'us-east-1' },
        ],
        signals: [],
      },
    },
  },
});

describe('what AWS detects joins what we detect', () => {
  test.each<[string, JsonObject, Finding, string]>([
    ['by the access key', guardDutyExample(), ours(user), 'key'],
    ['by the access key, through Security Hub', guardDutyInHub(), ours(user), 'key'],
    ['by the access key that AWS found in public', healthExample(), ours(user), 'key'],
    [
      'by the session of a role',
      guardDutyExample(
        1,
        keyDetails({
          accessKeyId: '',
          principalId: 'AROAEXAMPLEEXAMPLE12:i-0a1b2c3d4e5f60718',
          userName: 'deploy',
          userType: 'AssumedRole',
        }),
      ),
      ours(session),
      'session',
    ],
    [
      'by the person behind a permission set',
      guardDutyExample(
        1,
        keyDetails({
          accessKeyId: '',
          principalId: 'AROAEXAMPLEEXAMPLE12:dana',
          userName: 'AWSReservedSSO_Admin_0123456789abcdef',
          userType: 'AssumedRole',
        }),
      ),
      ours({ ...person, uid: person.uid.replace(account, '444455556666') }),
      'principal',
    ],
    ['by the session of a sequence', sequence, ours(session), 'session'],
    ['by the key of another who took part in a sequence', sequence, ours(other), 'key'],
    ['by what a sequence is about', sequence, ours({ ...user, uid: '', type: 'AWSService' }, 'arn:aws:s3:::reports-example'), 'resource'],
  ])('%s', (_, record, found, link) => {
    const theirs = imported(record);
    const keys = new Set(linksOf(found).map(({ key }) => key));
    expect(
      linksOf(theirs)
        .filter(({ key }) => keys.has(key))
        .map(({ key }) => key.split(' ')[0]),
    ).toContain(link);
    const joined = incidentsOf([theirs, found], [], 'default').map(({ members }) => members.length);
    if (link !== 'resource') expect(joined).toEqual([2]);
  });
});
