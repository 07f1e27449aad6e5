import { createServer } from 'node:http';
import { expect, test } from 'vitest';
import { listPublicKeys } from './public-keys.ts';

const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' };

/** Answers as the service does (AWS JSON 1.1), since the emulator has no such operation. */
async function withService<T>(answer: (asked: Record<string, unknown>) => object, work: (url: string) => Promise<T>): Promise<T> {
  const server = createServer((request, reply) => {
    let body = '';
    request.on('data', (chunk) => {
      body += String(chunk);
    });
    request.on('end', () => {
      expect(request.headers['x-amz-target']).toMatch(/\.ListPublicKeys$/);
      reply.writeHead(200, { 'content-type': 'application/x-amz-json-1.1' });
      reply.end(JSON.stringify(answer(JSON.parse(body) as Record<string, unknown>)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  try {
    return await work(`http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('keys of all pages, by fingerprint', async () => {
  const asked: Record<string, unknown>[] = [];
  const keys = await withService(
    (question) => {
      asked.push(question);
      return question['NextToken'] === undefined
        ? { PublicKeyList: [{ Value: Buffer.from('one').toString('base64'), Fingerprint: 'f1' }, { Fingerprint: 'none' }], NextToken: 't' }
        : { PublicKeyList: [{ Value: Buffer.from('two').toString('base64'), Fingerprint: 'f2' }] };
    },
    (endpointUrl) => listPublicKeys('eu-west-1', 1_000, 2_000, { endpointUrl, credentials }),
  );
  expect([...keys].map(([fingerprint, value]) => [fingerprint, Buffer.from(value).toString()])).toEqual([
    ['f1', 'one'],
    ['f2', 'two'],
  ]);
  expect(asked).toEqual([
    { StartTime: 1, EndTime: 2 },
    { StartTime: 1, EndTime: 2, NextToken: 't' },
  ]);
});
