import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Notification } from '../../core/model/notification.ts';
import type { Letter } from '../../core/ports/channel.ts';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface ToldAnswer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** What answers: `'cut'` breaks the connection after the request was read, `'hang'` never answers. */
export type Behaviour = (request: ReceivedRequest) => ToldAnswer | 'cut' | 'hang';

export interface Receiver {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  behave(behaviour: Behaviour): void;
  close(): Promise<void>;
}

/** A vendor on 127.0.0.1 that keeps what it was sent. */
export async function receiver(first: Behaviour = () => ({ status: 200 })): Promise<Receiver> {
  let behaviour = first;
  const requests: ReceivedRequest[] = [];
  const server = createServer((incoming, answer) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, path: url, headers, body: Buffer.concat(chunks).toString('utf8') };
      requests.push(request);
      const told = behaviour(request);
      if (told === 'hang') return;
      if (told === 'cut') return void incoming.socket.destroy();
      answer.writeHead(told.status, told.headers);
      answer.end(told.body === undefined ? '' : typeof told.body === 'string' ? told.body : JSON.stringify(told.body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    behave(next) {
      behaviour = next;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export const at = Date.UTC(2026, 0, 15, 9, 30);

export const page: Notification = {
  id: '0f3a5c7e9b1d2f4a6c8e0b2d4f6a8c0e',
  kind: 'page',
  channel: 'on-call',
  to: '',
  about: { kind: 'incident', id: 'a1b2c3d4' },
  severity: 'High',
  title: 'CloudTrail trail stopped or deleted',
  text: 'ci-deployer called StopLogging on production-trail.\nThe key was used from 203.0.113.7.',
  path: '/incidents/a1b2c3d4',
  options: [
    { id: 'acknowledge', label: 'I am on it' },
    { id: 'escalate', label: 'Escalate' },
  ],
};

export const letter = (change: Partial<Notification> = {}, more: Partial<Letter> = {}): Letter => ({
  notification: { ...page, ...change },
  link: 'https://jobzero.example.com/incidents/a1b2c3d4',
  at,
  doubt: false,
  document: null,
  ...more,
});

/** What an attacker would write into a name that ends up in a message. */
export const hostile =
  '<!channel> <@U1|x> <http://203.0.113.7|click> *b* _i_ `c` [link](http://203.0.113.7) <at>all</at> <script>x</script> {{DATE(2026)}} & \u202egnp.exe\u0000\u001b[31m';
