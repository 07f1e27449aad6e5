import { expect, expectTypeOf, test } from 'vitest';
import type { z } from 'zod';
import type { Actor, Evidence, Finding as FindingModel, ResourceRef } from '../core/model/finding.ts';
import { Finding } from './schemas.ts';

/** Every member of the model, those too that only some findings have: one that is added there and not here does not compile. */
type Whole<T> = T extends readonly (infer Item)[]
  ? readonly Whole<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]-?: Whole<T[Key]> }
    : T;

const actor: Whole<Actor> = {
  type: 'AssumedRole',
  uid: 'arn:aws:sts::111122223333:assumed-role/deploy/run',
  name: 'deploy/run',
  principalId: 'AROAEXAMPLEEXAMPLE01:run',
  issuer: 'arn:aws:iam::111122223333:role/deploy',
  accessKeyId: 'ASIAEXAMPLEEXAMPLE01',
  account: '111122223333',
};
const resource: Whole<ResourceRef> = {
  uid: 'orders',
  type: 'AWS::S3::Bucket',
  name: 'orders',
  account: '111122223333',
  region: 'us-east-1',
};
const evidence: Whole<Evidence> = {
  key: '111122223333/1',
  id: '1',
  time: 1,
  rule: 'aws.s3.bucket-made-public',
  operation: 'PutBucketPolicy',
  service: 's3.amazonaws.com',
  account: '111122223333',
  region: 'us-east-1',
  ip: '192.0.2.10',
  userAgent: 'aws-cli/2.17.0',
  error: 'AccessDenied',
  dataEvent: true,
  actor,
  resource,
  kept: { bucketName: 'orders' },
};
const finding: Whole<FindingModel> = {
  format: 'jobzero.finding/1',
  tenant: 'default',
  id: '0'.repeat(32),
  revision: '1'.repeat(32),
  kind: 'detection',
  rule: { id: 'aws.s3.bucket-made-public', major: 1, title: 'A', description: 'B', techniques: ['T1537'], tactics: ['exfiltration'] },
  severity: 'Medium',
  group: { recipientAccountId: '111122223333' },
  bucket: 0,
  account: '111122223333',
  region: 'us-east-1',
  actor,
  baseline: { days: 9, atLeast: false, known: 1, since: 1, usual: [{ days: 9, value: '192.0.0.0/16' }] },
  resources: [resource],
  firstTime: 1,
  lastTime: 2,
  count: { n: 1, atLeast: false },
  measured: { what: 'sum', value: 1.5, quality: 'at least' },
  travel: { from: '52.5,13.4,DE', to: '1.3,103.8,SG', fromTime: 1, toTime: 2, distance: 8947, speed: null },
  volume: {
    what: 'values',
    value: 300,
    quality: 'approximately',
    days: 9,
    since: 1,
    most: 4,
    mostQuality: 'exact',
    error: 0.13,
  },
  evidence: [evidence],
  message: 'A: deploy/run called PutBucketPolicy.',
  imported: {
    source: 'guardduty',
    form: 'own',
    uid: 'arn:aws:guardduty:us-east-1:111122223333:detector/d/finding/f',
    type: 'Policy:S3/BucketAnonymousAccessGranted',
    severity: '8',
    state: 'active',
    sample: true,
    updatedAt: 2,
    url: 'https://us-east-1.console.aws.amazon.com/guardduty/home',
    refs: [{ form: 'own', ref: { account: '111122223333', region: 'us-east-1', names: { detector: 'd', id: 'f' } } }],
    trusted: true,
    answers: ['aws.s3.bucket-made-public'],
    newer: 3,
  },
};

test('the API tells every member that a finding has', () => {
  // What the schema does not know, it leaves out.
  expect(Finding.parse(finding)).toEqual(finding);
});

test('and no other, nor one that the model always has as if it might be missing', () => {
  expectTypeOf<Exclude<keyof z.output<typeof Finding>, keyof FindingModel>>().toEqualTypeOf<never>();
  const { shape } = Finding;
  const optional = Object.entries(shape).flatMap(([name, schema]) => (schema.safeParse(undefined).success ? [name] : []));
  expect(optional.sort()).toEqual(['actor', 'baseline', 'imported', 'measured', 'travel', 'volume']);
  expect(Object.keys(shape).sort()).toEqual(Object.keys(finding).sort());
});
