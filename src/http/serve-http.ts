import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Http } from './create-http.ts';

export interface Served {
  readonly port: number;
  /** `http://localhost:PORT`: by a name, since addresses have no passkeys. */
  readonly url: string;
  close(): Promise<void>;
}

const tries = 100;

/**
 * Serves on 127.0.0.1 and, where there is one, on ::1, so that nobody else on this machine is `localhost` at this port. A busy port takes the next one, up to 100 times; port 0 takes any.
 * Throws the last error when none is free.
 */
export async function serveHttp(http: Http, options: { readonly port: number }): Promise<Served> {
  // The adaptor's type allows HTTP/2 as well; without options it makes a plain server.
  const serve = () => createAdaptorServer({ fetch: http.app.fetch }) as Server;
  const [server, twin] = [serve(), serve()];
  for (let port = options.port, n = 1; ; port++, n++) {
    try {
      await listen(server, '127.0.0.1', port);
      await listen(twin, '::1', (server.address() as AddressInfo).port).catch((cause: unknown) => {
        if (isBusy(cause)) throw cause;
      });
      break;
    } catch (cause) {
      if (server.listening) await closed(server);
      if (!isBusy(cause) || n >= tries || port >= 65_535) throw cause;
    }
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://localhost:${port}`,
    close: async () => {
      await http.close();
      await Promise.all([server, twin].filter(({ listening }) => listening).map(closed));
    },
  };
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    // Event streams stay open for ever; they are cut, and the console connects again by itself.
    server.closeAllConnections();
  });
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function isBusy(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
