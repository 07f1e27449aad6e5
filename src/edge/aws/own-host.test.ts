import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ownHost } from './own-host.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

/** A metadata service that wants a token, as version 2 does; `document` is what it says of the instance. */
async function metadata(document: string): Promise<string> {
  server = createServer((request, response) => {
    if (
      request.method === 'PUT' &&
      request.url === '/latest/api/token' &&
      request.headers['x-aws-ec2-metadata-token-ttl-seconds'] !== undefined
    )
      return response.end('token-1');
    if (request.headers['x-aws-ec2-metadata-token'] !== 'token-1') return response.writeHead(401).end();
    return request.url === '/latest/dynamic/instance-identity/document' ? response.end(document) : response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const document = { accountId: '111122223333', region: 'eu-west-1', instanceId: 'i-0123456789abcdef0', pendingTime: '2026-01-01T00:00:00Z' };

test.each<[string, string, string | null]>([
  ['the instance', JSON.stringify(document), 'arn:aws:ec2:eu-west-1:111122223333:instance/i-0123456789abcdef0'],
  [
    'of another partition',
    JSON.stringify({ ...document, region: 'cn-north-1' }),
    'arn:aws-cn:ec2:cn-north-1:111122223333:instance/i-0123456789abcdef0',
  ],
  ['no document', 'not json', null],
  ['a document that names no instance', '{}', null],
  ['patterns instead of names', JSON.stringify({ ...document, instanceId: '*' }), null],
])('%s', async (_, text, arn) => {
  expect(await ownHost({ AWS_EC2_METADATA_SERVICE_ENDPOINT: await metadata(text) })).toBe(arn);
});

test('where there is no such service, or it is switched off, there is no host', async () => {
  const gone = await metadata(JSON.stringify(document));
  expect(await ownHost({ AWS_EC2_METADATA_SERVICE_ENDPOINT: gone, AWS_EC2_METADATA_DISABLED: 'true' })).toBeNull();
  server?.closeAllConnections();
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  server = undefined;
  expect(await ownHost({ AWS_EC2_METADATA_SERVICE_ENDPOINT: gone })).toBeNull();
});
