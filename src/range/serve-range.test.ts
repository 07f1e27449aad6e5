import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CloudError } from '../core/model/errors.ts';
import { cloudContract } from '../core/ports/cloud.contract.ts';
import { openRange } from './open-range.ts';
import { remoteRange } from './remote-range.ts';
import { type RangeServer, serveRange } from './serve-range.ts';

const account = '444455556666';

async function serve(writeRole: 'playbooks' | 'administrator'): Promise<RangeServer> {
  let time = Date.UTC(2026, 0, 15, 9);
  return serveRange(openRange({ seed: 'served', start: time, now: () => (time += 250), writeRole }), { port: 0, token: 'secret' });
}

let shared: RangeServer;
cloudContract('range over HTTP', async () => {
  shared = await serve('administrator');
  return { cloud: remoteRange(shared.url, 'secret'), account, region: 'us-east-1' };
});
afterAll(() => shared?.close());

describe('the server', () => {
  let server: RangeServer;
  beforeAll(async () => {
    server = await serve('playbooks');
  });
  afterAll(() => server.close());

  const call = { account, region: 'us-east-1', action: 'iam:ListUsers', input: {}, role: 'reader' } as const;

  test('two clients see one cloud', async () => {
    const [one, two] = [remoteRange(server.url, 'secret'), remoteRange(server.url, 'secret')];
    const session = { policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, name: 'a1' };
    await one.call({ ...call, action: 'cloudtrail:StopLogging', input: { Name: 'production-trail' }, role: 'undoer', session });
    expect(await two.call({ ...call, action: 'cloudtrail:GetTrailStatus', input: { Name: 'production-trail' } })).toMatchObject({
      IsLogging: false,
    });
  });

  test('saves before it answers a write, and not for a read', async () => {
    let saves = 0;
    const range = openRange({ seed: 'saving', start: 0, now: () => Date.UTC(2026, 0, 15, 9) });
    const saving = await serveRange(range, { port: 0, token: 'secret', afterWrite: async () => void saves++ });
    const cloud = remoteRange(saving.url, 'secret');
    try {
      await cloud.call(call);
      expect(saves).toBe(0);
      const session = { policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] }, name: 'a1' };
      await cloud.call({ ...call, action: 'cloudtrail:StopLogging', input: { Name: 'production-trail' }, role: 'undoer', session });
      expect(saves).toBe(1);
    } finally {
      await saving.close();
    }
  });

  test.each([
    ['no token', {}],
    ['a wrong token', { authorization: 'Bearer secret2' }],
    ['another scheme', { authorization: 'Basic secret' }],
  ])('refuses %s', async (_name, headers) => {
    const response = await fetch(`${server.url}/call`, { method: 'POST', headers, body: JSON.stringify(call) });
    expect(response.status).toBe(401);
  });

  test.each([
    ['no JSON', '{', 'body: the request is not JSON'],
    ['no object', '[]', 'call: not an object'],
    ['no role', '{"account":"1"}', 'call.role: not reader, actor or undoer'],
    ['no input', JSON.stringify({ ...call, input: null }), 'call.input: not an object'],
    ['too much', ' '.repeat(1_048_577), 'body: the request is larger than 1048576 bytes'],
  ])('refuses %s with the place', async (_name, body, message) => {
    const response = await fetch(`${server.url}/call`, { method: 'POST', headers: { authorization: 'Bearer secret' }, body });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({ error: { message } });
  });

  test('keeps the kind and code of an error, and says when it is away', async () => {
    const away = remoteRange('http://127.0.0.1:9', 'secret');
    const error = await away.call(call).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CloudError);
    expect(error).toMatchObject({ kind: 'unavailable', code: 'RangeUnavailable', action: 'iam:ListUsers' });
    const wrong = await remoteRange(server.url, 'other')
      .call(call)
      .catch((thrown: unknown) => thrown);
    expect(wrong).toMatchObject({ kind: 'unavailable', message: 'The bearer token is missing or wrong.' });
  });
});
