import { expect, test } from 'vitest';
import type { Transport } from './http-request.ts';
import { openAws } from './open-aws.ts';
import { unpaced } from './pacer.ts';
import { readLookupEvents } from './read-lookup-events.ts';

const from = Date.UTC(2026, 0, 1);
const second = 1000;
interface Ask {
  readonly StartTime: number;
  readonly EndTime: number;
  readonly NextToken?: string;
  readonly MaxResults: number;
}

/** LookupEvents over the wire: one event a second, 50 a page, newest first; page tokens of a walk may expire once. */
function trail(events: number, expires?: number): { transport: Transport; asks: Ask[] } {
  const asks: Ask[] = [];
  let expired = false;
  const reply = (statusCode: number, body: object) => ({
    response: { statusCode, headers: { 'content-type': 'application/x-amz-json-1.1' }, body: Buffer.from(JSON.stringify(body)) },
  });
  return {
    asks,
    transport: {
      async handle(request) {
        const text = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body as Uint8Array);
        if (text.includes('GetCallerIdentity'))
          return {
            response: {
              statusCode: 200,
              headers: { 'content-type': 'text/xml' },
              body: Buffer.from(
                '<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::111122223333:user/r</Arn><UserId>A</UserId><Account>111122223333</Account></GetCallerIdentityResult></GetCallerIdentityResponse>',
              ),
            },
          };
        const ask = JSON.parse(text) as Ask;
        asks.push(ask);
        if (ask.NextToken !== undefined && asks.length === expires && !expired) {
          expired = true;
          return reply(400, { __type: 'InvalidNextTokenException', message: 'expired' });
        }
        const all = Array.from({ length: events }, (_, i) => ({
          EventTime: from / 1000 + i,
          CloudTrailEvent: JSON.stringify({ eventID: `e-${i}` }),
        }))
          .filter(({ EventTime }) => EventTime >= ask.StartTime && EventTime <= ask.EndTime)
          .reverse();
        const begin = Number(ask.NextToken ?? 0);
        const next = begin + 50;
        return reply(200, { Events: all.slice(begin, next), ...(next < all.length ? { NextToken: String(next) } : {}) });
      },
    },
  };
}

async function read(transport: Transport, to: number): Promise<string[]> {
  const cloud = openAws({
    credentials: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'example' },
    pacer: unpaced,
    transport,
    maxAttempts: 1,
  });
  const ids: string[] = [];
  for await (const text of readLookupEvents(cloud, '111122223333', 'us-east-1', from, to))
    ids.push((JSON.parse(text) as { eventID: string }).eventID);
  return ids;
}

test('reads every page, half-open in time', async () => {
  const { transport, asks } = trail(130);
  const ids = await read(transport, from + 120 * second);
  expect(ids).toEqual(Array.from({ length: 120 }, (_, i) => `e-${119 - i}`));
  expect(asks.length).toBe(3);
  expect(asks[0]).toMatchObject({ StartTime: from / 1000, EndTime: from / 1000 + 120, MaxResults: 50 });
});

test('a page token that expired loses no record', async () => {
  const { transport } = trail(130, 2);
  const ids = await read(transport, from + 200 * second);
  expect(new Set(ids)).toEqual(new Set(Array.from({ length: 130 }, (_, i) => `e-${i}`)));
});
