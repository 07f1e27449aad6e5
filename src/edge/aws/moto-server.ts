import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** On the PATH where Python has moto; tests are skipped elsewhere. */
const server = 'moto_server';

/** A moto server of our own, for tests. https://docs.getmoto.org/en/latest/docs/server_mode.html */
export interface MotoServer {
  readonly url: string;
  readonly account: string;
  stop(): Promise<void>;
}

/**
 * Starts `moto_server` from the PATH on a free port and waits until it answers. With `account` it has this one only;
 * without, it is 123456789012 and has others too, by AssumeRole.
 */
export async function startMoto(account?: string): Promise<MotoServer> {
  const port = await freePort();
  const child = spawn(server, ['-H', '127.0.0.1', '-p', String(port)], {
    stdio: 'ignore',
    env: {
      ...process.env,
      ...(account === undefined ? {} : { MOTO_ACCOUNT_ID: account }),
      MOTO_EC2_LOAD_DEFAULT_AMIS: 'false',
      MOTO_IAM_LOAD_MANAGED_POLICIES: 'true',
    },
  });
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.once('error', () => {});
  const url = `http://127.0.0.1:${port}`;
  for (let tries = 0; ; tries++) {
    const up = await fetch(`${url}/moto-api/data.json`).then(
      (reply) => reply.ok,
      () => false,
    );
    if (up) break;
    if (child.exitCode !== null || child.pid === undefined || tries > 600) {
      child.kill('SIGKILL');
      throw new Error(`moto_server did not start on port ${port}`);
    }
    await sleep(100);
  }
  return {
    url,
    account: account ?? '123456789012',
    async stop() {
      // A pyenv shim replaces itself by Python, so the process we started is the server.
      child.kill('SIGTERM');
      const stopped = await Promise.race([gone.then(() => true), sleep(3000).then(() => false)]);
      if (!stopped) child.kill('SIGKILL');
      await gone;
    },
  };
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))));
    });
  });
}
