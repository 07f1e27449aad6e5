import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import type { SmtpSettings } from '../../core/model/channel.ts';
import { openChannel } from './open-channel.ts';
import { at, hostile, letter, page } from './receiver-under-test.ts';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
  readonly user: string | undefined;
}

const servers: SMTPServer[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function server(options: SMTPServerOptions = {}): Promise<{ readonly port: number; readonly mails: readonly Mail[] }> {
  const mails: Mail[] = [];
  const made = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    authOptional: true,
    allowInsecureAuth: true,
    logger: false,
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const raw = Buffer.concat(chunks).toString('utf8');
        const [head = '', ...rest] = raw.split('\r\n\r\n');
        const lines = head.replace(/\r\n[ \t]+/g, ' ').split('\r\n');
        mails.push({
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          headers: new Map(lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()])),
          body: rest.join('\r\n\r\n'),
          user: session.user === undefined ? undefined : String(session.user),
        });
        done();
      });
    },
    ...options,
  });
  servers.push(made);
  made.on('error', () => undefined);
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  return { port: (made.server.address() as AddressInfo).port, mails };
}

const settings = (port: number, change: Partial<SmtpSettings> = {}): SmtpSettings => ({
  name: 'mail',
  to: 'on-call@example.com',
  fallback: [],
  kind: 'smtp',
  host: '127.0.0.1',
  port,
  tls: 'none',
  from: 'jobzero@example.com',
  user: null,
  password: null,
  ...change,
});
const deps = { secret: async () => 'pa ss-word', cloud: () => Promise.reject(new Error('no cloud')) };
const fail = (code: number) => Object.assign(new Error('Not now'), { responseCode: code });

describe('a mail', () => {
  test('has one receiver, plain text, and an id made of the notification', async () => {
    const { port, mails } = await server();
    const channel = openChannel(settings(port), deps);
    const sent = await channel.send(letter());
    const messageId = `<${page.id}.jobzero@example.com>`;
    expect(sent).toEqual({ outcome: 'accepted', ref: messageId });
    // Sent again, it is the same mail.
    expect(await channel.send(letter({}, { doubt: true }))).toEqual(sent);
    expect(mails).toHaveLength(2);
    expect(mails[1]?.headers.get('message-id')).toBe(mails[0]?.headers.get('message-id'));
    const { headers, body, from, to } = mails[0] ?? { headers: new Map<string, string>(), body: '' };
    expect({ from, to }).toEqual({ from: 'jobzero@example.com', to: ['on-call@example.com'] });
    expect(Object.fromEntries(headers)).toMatchObject({
      from: 'jobzero <jobzero@example.com>',
      to: 'on-call@example.com',
      subject: '[High] CloudTrail trail stopped or deleted',
      'message-id': messageId,
      date: new Date(at).toUTCString().replace('GMT', '+0000'),
      'auto-submitted': 'auto-generated',
      'x-jobzero-notification': page.id,
      'content-type': expect.stringContaining('text/plain'),
    });
    expect(body).toContain('ci-deployer called StopLogging on production-trail.');
    expect(body).toContain('https://jobzero.example.com/incidents/a1b2c3d4');
    expect(body).toContain('Answers: I am on it, Escalate');
  });

  test('cannot be given headers, receivers or an end by its texts', async () => {
    const { port, mails } = await server();
    const title = `x\r\nBcc: eve@example.com\r\n\r\n${hostile}${'t'.repeat(3_000)}`;
    const text = `y\r\n.\r\nMAIL FROM:<eve@example.com>\r\n${hostile}\n${'long '.repeat(30_000)}`;
    expect((await openChannel(settings(port), deps).send(letter({ title, text }))).outcome).toBe('accepted');
    const [mail] = mails;
    expect(mails).toHaveLength(1);
    expect(mail?.to).toEqual(['on-call@example.com']);
    expect([...(mail?.headers.keys() ?? [])].sort()).not.toContain('bcc');
    expect(mail?.headers.get('subject')?.length).toBeLessThan(1_000);
    expect(mail?.body).toContain('MAIL FROM:<eve@example.com>');
    expect(mail?.body.replaceAll('=\r\n', '')).toContain('[cut]');
    for (const line of mail?.body.split('\r\n') ?? []) expect(line.length).toBeLessThanOrEqual(76);
  });

  test.each([
    'a@example.com, eve@example.com',
    'a@example.com\r\nBcc: eve@example.com',
    '<a@example.com>',
    'no address',
    '"a b"@example.com',
  ])('goes to no %j', async (to) => {
    const { port, mails } = await server();
    expect(await openChannel(settings(port), deps).send(letter({ to }))).toEqual({ outcome: 'refused', reason: 'this is no mail address' });
    expect(mails).toHaveLength(0);
  });
});

test('a password is asked for and given', async () => {
  const { port, mails } = await server({
    authOptional: false,
    onAuth: ({ username, password }, _, done) => (password === 'pa ss-word' ? done(null, { user: username ?? '' }) : done(fail(535))),
  });
  const login = { user: 'jobzero', password: { from: 'env', at: 'SMTP_PASSWORD' } } as const;
  expect((await openChannel(settings(port, login), deps).send(letter())).outcome).toBe('accepted');
  expect(mails[0]?.user).toBe('jobzero');
  const wrong = await openChannel(settings(port, login), { ...deps, secret: async () => 'other-password' }).send(letter());
  expect(wrong).toEqual({ outcome: 'refused', reason: '127.0.0.1 answered with 535 to the sign-in' });
});

test.each([
  [450, { outcome: 'later', doubt: false }],
  [550, { outcome: 'refused' }],
])('a server that answers %i to the receiver', async (code, wanted) => {
  const { port } = await server({ onRcptTo: (_, __, done) => done(fail(code)) });
  expect(await openChannel(settings(port), deps).send(letter())).toMatchObject(wanted);
});

test('a server that is not there, and one that breaks off after the data', async () => {
  expect(await openChannel(settings(1), deps).send(letter())).toMatchObject({ outcome: 'later', doubt: false });
  const { port } = await server({
    onData(stream) {
      stream.on('end', () => {
        for (const connection of (servers[0] as unknown as { connections: Set<{ _socket: { destroy(): void } }> }).connections)
          connection._socket.destroy();
      });
      stream.resume();
    },
  });
  expect(await openChannel(settings(port), deps).send(letter())).toMatchObject({ outcome: 'later', doubt: true });
});

test('without TLS nothing is said to a server that should have it', async () => {
  const { port, mails } = await server();
  expect(await openChannel(settings(port, { tls: 'starttls' }), deps).send(letter())).toMatchObject({
    outcome: expect.not.stringMatching('accepted'),
  });
  expect(mails).toHaveLength(0);
});
