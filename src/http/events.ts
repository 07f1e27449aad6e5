import type { Context } from 'hono';
import { type SSEStreamingApi, streamSSE } from 'hono/streaming';
import type { ChangeHub } from './change-hub.ts';
import type { Env } from './endpoint.ts';

const heartbeatMilliseconds = 15_000;

/**
 * Server-sent events: `change` with the topics that changed, `beat` every 15 s. Events carry no content; the console
 * asks again for what it shows, so a missed event costs nothing after the next `hello`. A stream ends with its session.
 */
export function streamEvents(c: Context<Env>, hub: ChangeHub, isSignedIn: () => Promise<boolean>): Response {
  c.header('x-accel-buffering', 'no');
  return streamSSE(c, async (stream) => {
    const { promise: gone, resolve: leave } = Promise.withResolvers<void>();
    stream.onAbort(leave);
    const unlisten = await hub.listen((topics) => void send(stream, 'change', JSON.stringify(topics), leave));
    const beat = setInterval(() => {
      void isSignedIn().then(
        (signedIn) => (signedIn ? send(stream, 'beat', '', leave) : leave()),
        () => leave(),
      );
    }, heartbeatMilliseconds);
    try {
      await stream.writeSSE({ event: 'hello', data: '' });
      await gone;
    } finally {
      clearInterval(beat);
      unlisten();
    }
  });
}

async function send(stream: SSEStreamingApi, event: string, data: string, leave: () => void): Promise<void> {
  try {
    await stream.writeSSE({ event, data });
  } catch {
    leave();
  }
}
