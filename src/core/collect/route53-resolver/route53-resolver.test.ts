import { expect, test } from 'vitest';
import { readAll } from '../read-all.testing.ts';
import { namesOf } from './names-of.ts';

const query = {
  version: '1.100000',
  account_id: '111122223333',
  region: 'us-east-1',
  vpc_id: 'vpc-0abc',
  query_timestamp: '2026-01-05T09:00:00Z',
  query_name: 'A1.B2.Example.CO.UK.',
  query_type: 'A',
  query_class: 'IN',
  rcode: 'NXDOMAIN',
  answers: [{ Rdata: '203.0.113.9', Type: 'A', Class: 'IN' }],
  srcaddr: '10.0.0.5',
  srcport: '56067',
  transport: 'UDP',
  srcids: { instance: 'i-0abc' },
};

test('a line of an object, and a message of CloudWatch Logs, are the same event', () => {
  const text = JSON.stringify(query);
  const batch = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: 'g',
    logStream: 's',
    logEvents: [{ timestamp: 1, message: text }],
  };
  const all = [...readAll(`${text}\n`).events, ...readAll(JSON.stringify(batch)).events];
  expect(new Set(all.map((event) => event.key)).size).toBe(1);
  expect(all).toHaveLength(2);
  const [event] = all;
  expect(event?.time).toBe(Date.UTC(2026, 0, 5, 9));
  expect(event?.raw).toEqual({
    ...query,
    query: 'a1.b2.example.co.uk',
    registered_domain: 'example.co.uk',
    subdomain: 'a1.b2',
    longest_label: 2,
  });
  expect(event?.words).toEqual({
    operation: 'A',
    service: 'route53resolver.amazonaws.com',
    account: '111122223333',
    region: 'us-east-1',
    ip: '10.0.0.5',
    error: 'NXDOMAIN',
    resource: {
      account: '111122223333',
      name: 'i-0abc',
      region: 'us-east-1',
      type: 'AWS::EC2::Instance',
      uid: 'arn:aws:ec2:us-east-1:111122223333:instance/i-0abc',
    },
  });
});

test.each([
  ['no time', { ...query, query_timestamp: 'yesterday' }, 'query_timestamp is no time'],
  ['a name that is none', { ...query, query_name: 7 }, 'no record of a log that is known here'],
])('%s is set aside, and the neighbours stand', (_, bad, reason) => {
  const { events, setAsides } = readAll([query, bad, query].map((one) => JSON.stringify(one)).join('\n'));
  expect(events).toHaveLength(2);
  expect(setAsides.map((one) => one.reason)).toEqual([reason]);
});

test.each([
  ['example.com.', 'example.com', '', 0],
  ['www.example.com.', 'example.com', 'www', 3],
  ['a.bb.example.com.br.', 'example.com.br', 'a.bb', 2],
  ['co.uk.', 'co.uk', '', 0],
  ['x.workers.dev.', 'x.workers.dev', '', 0],
  ['y.x.workers.dev.', 'x.workers.dev', 'y', 1],
  ['localhost', 'localhost', '', 0],
  ['.', '', '', 0],
  ['a..b.', '.b', 'a', 1],
  ['', '', '', 0],
])('%j is registered as %j below %j', (name, registered, sub, longest) => {
  expect(namesOf(name)).toMatchObject({ registered_domain: registered, subdomain: sub, longest_label: longest });
});
