import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Http } from './create-http.ts';

export interface Served {
  readonly port: number;
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

const tries = 100;

/**
 * Serves on 127.0.0.1 only. A busy port takes the next one, up to 100 times; port 0 takes any.
 * Throws the last error when none is free.
 */
export async function serveHttp(http: Http, options: { readonly port: number }): Promise<Served> {
  // The adaptor's type allows HTTP/2 as well; without options it makes a plain server.
  const server = createAdaptorServer({ fetch: http.app.fetch, hostname: '127.0.0.1' }) as Server;
  for (let port = options.port, n = 1; ; port++, n++) {
    try {
      await listen(server, port);
      break;
    } catch (cause) {
      if (!isBusy(cause) || n >= tries || port >= 65_535) throw cause;
    }
  }
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: async () => {
      await http.close();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        // Event streams stay open for ever; they are cut, and the console connects again by itself.
        server.closeAllConnections();
      });
    },
  };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function isBusy(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return code === 'EADDRINUSE' || code === 'EACCES';
}
