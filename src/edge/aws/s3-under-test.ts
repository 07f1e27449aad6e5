import { createServer, request, type ServerResponse } from 'node:http';

/** A door before an emulator that answers some requests itself, as S3 would: what the emulator cannot do. */
export interface TestDoor {
  readonly url: string;
  /** Requests so far, as `METHOD /path`. */
  readonly seen: readonly string[];
  /** The answer to the next requests whose path contains the text; null lets them through again. */
  answer(
    pathPart: string,
    reply: { readonly status: number; readonly code: string; readonly message: string; readonly times?: number } | null,
  ): void;
  close(): Promise<void>;
}

export async function openTestDoor(to: string): Promise<TestDoor> {
  const seen: string[] = [];
  const answers = new Map<string, { status: number; code: string; message: string; left: number }>();
  const server = createServer((incoming, outgoing) => {
    const path = incoming.url ?? '/';
    seen.push(`${incoming.method} ${path}`);
    const own = [...answers].find(([part, { left }]) => left > 0 && path.includes(part))?.[1];
    if (own !== undefined) {
      own.left--;
      incoming.resume();
      return refuse(outgoing, own);
    }
    const onward = request(new URL(path, to), { method: incoming.method, headers: incoming.headers }, (reply) => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers);
      reply.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    incoming.pipe(onward);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    seen,
    answer: (part, reply) => {
      if (reply === null) answers.delete(part);
      else answers.set(part, { ...reply, left: reply.times ?? Number.POSITIVE_INFINITY });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html */
function refuse(outgoing: ServerResponse, { status, code, message }: { status: number; code: string; message: string }): void {
  outgoing.writeHead(status, { 'content-type': 'application/xml' });
  outgoing.end(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${message}</Message></Error>`);
}
