import { expect, test } from 'vitest';
import { readAll } from '../read-all.testing.ts';

const owner = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';
const line = (rest: string) => `${owner} example-bucket [06/Feb/2019:00:00:38 +0000] 192.0.2.3 ${rest}`;
const old = line(
  'arn:aws:iam::111122223333:user/alice 3E57427F3EXAMPLE REST.GET.OBJECT a+b%2520c "GET /example-bucket/a HTTP/1.1" 200 - 113 113 7 6 "-" "S3Console/0.4" -',
);
const full = `${old} s9lzHYrFp76ZVxRc= SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader example-bucket.s3.us-west-1.amazonaws.com TLSV1.2 arn:aws:s3:us-west-1:111122223333:accesspoint/example-AP Yes us-east-1`;

test('all fields, by AWS names', () => {
  const { events, setAsides } = readAll(
    `${full}\n`,
    'logs/111122223333/us-west-1/example-bucket/2019/02/06/2019-02-06-00-10-00-0123456789ABCDEF',
  );
  expect(setAsides).toEqual([]);
  expect(events[0]?.time).toBe(Date.UTC(2019, 1, 6, 0, 0, 38));
  expect(events[0]?.raw).toMatchObject({
    bucket: 'example-bucket',
    remote_ip: '192.0.2.3',
    operation: 'REST.GET.OBJECT',
    key: 'a+b%2520c',
    request_uri: 'GET /example-bucket/a HTTP/1.1',
    http_status: '200',
    user_agent: 'S3Console/0.4',
    authentication_type: 'AuthHeader',
    acl_required: 'Yes',
    source_region: 'us-east-1',
  });
  expect(events[0]?.raw).not.toHaveProperty('error_code');
  expect(events[0]?.words).toEqual({
    operation: 'REST.GET.OBJECT',
    service: 's3.amazonaws.com',
    account: '111122223333',
    region: 'us-east-1',
    ip: '192.0.2.3',
    userAgent: 'S3Console/0.4',
    actor: { account: '111122223333', name: 'alice', type: 'IAMUser', uid: 'arn:aws:iam::111122223333:user/alice' },
    resource: {
      account: '111122223333',
      name: 'example-bucket',
      region: 'us-east-1',
      type: 'AWS::S3::Bucket',
      uid: 'arn:aws:s3:::example-bucket',
    },
  });
});

test.each([
  ['an old line with fewer fields', old, {}],
  ['a newer one with more', `${full} new "two words"`, { more: ['new', 'two words'] }],
  ['an anonymous reader', old.replace('arn:aws:iam::111122223333:user/alice', '-'), {}],
  ['a browser with quotes of its own', old.replace('S3Console/0.4', 'a"quoted"thing'), { user_agent: 'a"quoted"thing' }],
  ['escaped quotes', old.replace('S3Console/0.4', 'a \\"b\\" c'), { user_agent: 'a "b" c' }],
  ['an empty browser', old.replace('S3Console/0.4', ''), { user_agent: '' }],
])('%s', (_, text, fields) => {
  const { events, setAsides } = readAll(`${text}\n${old}`);
  expect(setAsides).toEqual([]);
  expect(events).toHaveLength(2);
  expect(events[0]?.raw).toMatchObject(fields);
});

test.each([
  ['too few fields', line('- 3E57 REST.GET.OBJECT'), '7 fields where there should be 18 or more'],
  ['a quote that does not close', old.replace('0.4" -', '0.4 -'), 'a quote at character 255 does not close'],
  ['a status that is none', old.replace(' 200 ', ' x '), 'http_status is no status'],
  ['a day that is none', old.replace('06/Feb', '31/Feb'), 'time is no time'],
  ['a month that is none', old.replace('06/Feb', '06/Fab'), 'time is no time'],
  ['bytes that are no number', old.replace(' 113 113 ', ' 1e3 113 '), 'bytes_sent is no whole number'],
])('%s is set aside, and the neighbours stand', (_, text, reason) => {
  const { events, setAsides } = readAll(`${old}\n${text}\n${old}\n`);
  expect(events).toHaveLength(2);
  expect(setAsides.map((one) => one.reason)).toEqual([reason]);
});
