import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rootOf, whyOutside } from './fence.ts';
import { readMessage } from './read-message.ts';

const bucket = 'example-logs';
const s3Record = (eventName: string, object: object, more: object = {}) => ({
  eventVersion: '2.1',
  eventSource: 'aws:s3',
  eventName,
  eventTime: '2026-01-02T03:04:05.678Z',
  s3: { bucket: { name: bucket }, object },
  ...more,
});
const sns = (message: string) =>
  JSON.stringify({ Type: 'Notification', TopicArn: 'arn:aws:sns:us-east-1:111122223333:logs', Message: message });
const object = { bucket, key: 'a/b.json.gz', etag: '0123abcd', versionId: null, size: 12, at: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
const put = JSON.stringify({ Records: [s3Record('ObjectCreated:Put', { key: 'a/b.json.gz', eTag: '0123abcd', size: 12 })] });
const api = JSON.stringify({
  'detail-type': 'AWS API Call via CloudTrail',
  source: 'aws.iam',
  account: '111122223333',
  detail: { eventName: 'CreateUser', eventSource: 'iam.amazonaws.com' },
});
const created = (type: string, key = 'a/b+c%20.json.gz') =>
  JSON.stringify({
    'detail-type': type,
    source: 'aws.s3',
    time: '2026-01-02T03:04:05Z',
    detail: { bucket: { name: bucket }, object: { key, etag: '0123abcd', size: 12, 'version-id': 'v.1' } },
  });

describe('what a message brings', () => {
  test.each([
    ['a notification of S3', put, { objects: [object] }],
    ['the same through SNS', sns(put), { objects: [object] }],
    [
      'an encoded key, a version, a size that is no number',
      JSON.stringify({
        Records: [s3Record('ObjectCreated:CompleteMultipartUpload', { key: 'a+b/%2B%C3%A4%25', eTag: 'ab-2', versionId: 'v1', size: '9' })],
      }),
      { objects: [{ ...object, key: 'a b/+ä%', etag: 'ab-2', versionId: 'v1', size: 0 }] },
    ],
    [
      'an event of EventBridge, whose key is not encoded',
      created('Object Created'),
      {
        objects: [{ ...object, key: 'a/b+c%20.json.gz', versionId: 'v.1', at: Date.UTC(2026, 0, 2, 3, 4, 5) }],
      },
    ],
    [
      'what CloudTrail itself tells',
      JSON.stringify({ s3Bucket: bucket, s3ObjectKey: ['x.json.gz', 'y.json.gz'] }),
      {
        objects: ['x.json.gz', 'y.json.gz'].map((key) => ({ bucket, key, etag: null, versionId: null, size: 0, at: null })),
      },
    ],
    ['an API call by EventBridge', api, { events: [api] }],
    ['an API call by EventBridge and SNS', sns(api), { events: [api] }],
    ['a test', JSON.stringify({ Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: bucket }), { ignored: true }],
    ['a subscription', JSON.stringify({ Type: 'SubscriptionConfirmation', SubscribeURL: 'https://example.com/' }), { ignored: true }],
    ['a deletion', JSON.stringify({ Records: [s3Record('ObjectRemoved:Delete', { key: 'a' })] }), { ignored: true }],
    ['a deletion by EventBridge', created('Object Deleted'), { ignored: true }],
    ['no JSON', 'hello', { refused: ['the message is no JSON object'] }],
    ['a list', '[]', { refused: ['the message is no JSON object'] }],
    ['a notification of nothing', sns('hello'), { refused: ['the notification holds no JSON object'] }],
    ['something else', '{"a":1}', { refused: ['no notification that is known here'] }],
    [
      'records of something else',
      '{"Records":[{"eventSource":"aws:ses"},7]}',
      { refused: ['a record in the message is no notification of S3'] },
    ],
    [
      'a key that cannot be decoded',
      JSON.stringify({ Records: [s3Record('ObjectCreated:Put', { key: '%E0%A4%A' })] }),
      {
        refused: ['a record in the message names no object'],
      },
    ],
    ['SNS in SNS, which nobody sends', sns(sns(put)), { refused: ['no notification that is known here'] }],
  ])('%s', (_name, body, expected) => {
    expect(readMessage(body)).toEqual({ objects: [], events: [], ignored: false, refused: [], ...expected });
  });

  test('whatever is in a message, it is read or refused', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.json().map(sns),
          fc.json().map((json) => `{"Records":[${json}],"detail-type":"x"}`),
        ),
        (body) => {
          const { objects, events, ignored, refused } = readMessage(body);
          expect(objects.length + events.length + refused.length > 0).toBe(!ignored);
        },
      ),
    );
  });
});

test.each([
  ['s3://example-logs/a/', 'example-logs', 'a/b.json', null],
  ['s3://example-logs', 'example-logs', '../x', null],
  ['s3://example-logs/a/', 'example-logs', 'b/a/x.json', 'it names a key outside of the prefixes to read from'],
  ['s3://example-logs/a/', 'other', 'a/x.json', 'it names a bucket that is not among those to read from'],
])('%s: %s %s', (root, inBucket, key, why) => {
  const fence = rootOf(root);
  expect(whyOutside({ ...object, bucket: inBucket, key }, fence === null ? [] : [fence])).toBe(why);
});
