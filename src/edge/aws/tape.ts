import { request } from 'node:http';
import type { HttpRequest, Transport } from './http-request.ts';

/** Recorded HTTP answers, in the order in which they came. Replayed under the real SDK, so our own code and the SDK's parsing run. */
export interface Tape {
  readonly format: 'jobzero.tape/1';
  /** What was recorded: `moto_server 5.2.1`. */
  readonly of: string;
  readonly entries: readonly TapeEntry[];
}

interface TapeEntry {
  /** Method, service, Region, path with query, and body. */
  readonly ask: string;
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers from the tape: for the same question the answers come in recorded order, and the last one stays. */
export function replay(tape: Tape): Transport {
  const answers = new Map<string, TapeEntry[]>();
  for (const entry of tape.entries) {
    const list = answers.get(entry.ask);
    if (list === undefined) answers.set(entry.ask, [entry]);
    else list.push(entry);
  }
  return {
    async handle(asked) {
      const ask = questionOf(asked);
      const list = answers.get(ask);
      const entry = list !== undefined && list.length > 1 ? list.shift() : list?.[0];
      if (entry === undefined) throw new Error(`the tape has no answer to: ${ask}`);
      return answerOf(entry);
    },
  };
}

/** Asks the endpoint over plain HTTP and keeps what it answers. Secrets of the answers are blanked. */
export function recorder(of: string): { readonly transport: Transport; tape(): Tape } {
  const entries: TapeEntry[] = [];
  const transport: Transport = {
    async handle(asked) {
      const { status, type, body } = await ask(asked);
      const entry = {
        ask: questionOf(asked),
        status,
        type,
        body: body.replace(/(<SecretAccessKey>)[^<]*/g, '$1blank').replace(/(<SessionToken>)[^<]*/g, '$1blank'),
      };
      entries.push(entry);
      return answerOf(entry);
    },
  };
  return { transport, tape: () => ({ format: 'jobzero.tape/1', of, entries }) };
}

function questionOf(asked: HttpRequest): string {
  const scope = /Credential=[^/]+\/\d+\/([^/]+)\/([^/]+)\//.exec(asked.headers['authorization'] ?? '');
  const target = asked.headers['x-amz-target'] ?? '';
  return [asked.method, `${scope?.[2] ?? '-'}:${scope?.[1] ?? '-'}`, pathOf(asked), target, bodyOf(asked)]
    .filter((part) => part !== '')
    .join(' ');
}

function pathOf(asked: HttpRequest): string {
  const query = Object.entries(asked.query ?? {})
    // The SDK names its own operation in the query (`x-id=`).
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one: string | null) =>
        one === null || one === '' ? name : `${name}=${encodeURIComponent(one)}`,
      ),
    )
    .sort()
    .join('&');
  return query === '' ? asked.path : `${asked.path}?${query}`;
}

function bodyOf(asked: HttpRequest): string {
  const { body } = asked;
  if (body === undefined || body === null) return '';
  if (typeof body === 'string') return body;
  if (body instanceof Uint8Array) return new TextDecoder().decode(body);
  throw new TypeError('a tape records texts and bytes, no streams');
}

function answerOf(entry: TapeEntry): Awaited<ReturnType<Transport['handle']>> {
  return { response: { statusCode: entry.status, headers: { 'content-type': entry.type }, body: Buffer.from(entry.body, 'utf8') } };
}

function ask(asked: HttpRequest): Promise<{ status: number; type: string; body: string }> {
  return new Promise((resolve, reject) => {
    const call = request(
      { method: asked.method, host: asked.hostname, port: asked.port, path: pathOf(asked), headers: { ...asked.headers } },
      (reply) => {
        const parts: Buffer[] = [];
        reply.on('data', (part: Buffer) => parts.push(part));
        reply.once('error', reject);
        reply.once('end', () =>
          resolve({
            status: reply.statusCode ?? 0,
            type: reply.headers['content-type'] ?? '',
            body: Buffer.concat(parts).toString('utf8'),
          }),
        );
      },
    );
    call.once('error', reject);
    const body = bodyOf(asked);
    if (body !== '') call.write(body);
    call.end();
  });
}
