import { expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { actorsOf, recordsIn } from './history.ts';

const event = (EventTime: string, record: Json): Json => ({ EventTime, CloudTrailEvent: JSON.stringify(record) });
const by = (arn: string, issuer?: string): Json => ({
  arn,
  ...(issuer === undefined ? {} : { sessionContext: { sessionIssuer: { arn: issuer } } }),
});
const alice = 'arn:aws:iam::111122223333:user/alice';
const role = 'arn:aws:iam::111122223333:role/ops';
const session = 'arn:aws:sts::111122223333:assumed-role/ops/mallory';

const answers: readonly Json[] = [
  {
    Events: [
      event('2026-01-15T09:00:00.000Z', { n: 1, userIdentity: by(alice) }),
      event('2026-01-15T11:00:00.000Z', { n: 3, userIdentity: by(session, role) }),
      event('2026-01-15T12:00:00.000Z', { n: 4, errorCode: 'AccessDenied', userIdentity: by(alice) }),
    ],
  },
  { Events: [event('2026-01-15T10:00:00.000Z', { n: 2, userIdentity: by('arn:aws:sts::111122223333:assumed-role/ops/another', role) })] },
];
const numbers = (records: readonly Json[]) => records.map((one) => (one as { readonly n: number }).n);

test('the newest first, over all answers, without what AWS refused', () => {
  expect(numbers(recordsIn(answers))).toEqual([3, 2, 1]);
});

test('what the one did who is named is left out, under whatever session of his role', () => {
  expect(numbers(recordsIn(answers, [alice]))).toEqual([3, 2]);
  expect(numbers(recordsIn(answers, [role]))).toEqual([1]);
});

test('of evidence, the principal and the role behind it are who did it', () => {
  const evidence = { key: 'k', id: 'i', time: 0, rule: 'r', operation: 'o', service: 's', account: '111122223333', region: 'us-east-1' };
  const actor = { type: 'AssumedRole', uid: session, name: 'mallory', issuer: role };
  expect(actorsOf([{ ...evidence, actor }], undefined)).toEqual([role, session].sort());
  expect(actorsOf([evidence], { type: 'IAMUser', uid: alice, name: 'alice' })).toEqual([alice]);
});

test('what is no record is none', () => {
  const hostile: readonly Json[] = [
    null,
    '',
    [],
    { Events: 'x' },
    { Events: [null, 1, {}, { CloudTrailEvent: '{' }, { CloudTrailEvent: '[]' }] },
  ];
  expect(recordsIn(hostile)).toEqual([]);
});
