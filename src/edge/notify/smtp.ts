import type { SmtpSettings } from '../../core/model/channel.ts';
import type { Channel, Letter, Sent } from '../../core/ports/channel.ts';
import type { ChannelDeps } from './channel-deps.ts';
import { snippet } from './post.ts';
import { oneLine, plainText } from './safe-text.ts';

const timeMs = 20_000;

/** One address, and nothing that a header or a command could be made of. */
export const mailAddress = /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}\.?){1,8}$/;

/** What nodemailer throws: https://nodemailer.com/errors */
interface MailError extends Error {
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * Sends a mail of plain text, over TLS unless the server is on this machine. The Message-ID is made of the notification's id,
 * so that a mail that was sent again is the same mail to who compares them (RFC 5322, 3.6.4).
 */
export function smtpChannel(settings: SmtpSettings, deps: ChannelDeps): Channel {
  return {
    async send(letter) {
      const to = letter.notification.to === '' ? settings.to : letter.notification.to;
      if (!mailAddress.test(to)) return { outcome: 'refused', reason: 'this is no mail address' };
      const password = settings.password === null ? null : await deps.secret(settings.password);
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host: settings.host,
        port: settings.port,
        secure: settings.tls === 'implicit',
        requireTLS: settings.tls === 'starttls',
        ignoreTLS: settings.tls === 'none',
        connectionTimeout: timeMs,
        greetingTimeout: timeMs,
        socketTimeout: timeMs,
        tls: { minVersion: 'TLSv1.2' },
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(settings.user === null || password === null ? {} : { auth: { user: settings.user, pass: password } }),
      });
      try {
        const domain = settings.from.slice(settings.from.lastIndexOf('@') + 1);
        const messageId = `<${letter.notification.id.replace(/[^\w-]/g, '_')}.jobzero@${domain}>`;
        await transport.sendMail({ ...mailOf(letter, settings.from, to), messageId });
        return { outcome: 'accepted', ref: messageId };
      } catch (error) {
        return sentOf(error as MailError, settings.host, [password ?? '']);
      } finally {
        transport.close();
      }
    },
  };
}

function mailOf({ notification, link, at }: Letter, from: string, to: string) {
  const { id, kind, severity, title, text, about, options } = notification;
  const lines = [
    plainText(text, 50_000),
    '',
    ...(options.length === 0 ? [] : [`Answers: ${options.map(({ label }) => oneLine(label, 100)).join(', ')}`]),
    ...(link === null ? [] : [`Answer or look: ${link}`]),
    '',
    `${severity}, ${about.kind} ${oneLine(about.id, 200)}. jobzero, ${kind} ${id}`,
  ];
  return {
    from: { name: 'jobzero', address: from },
    to: { name: '', address: to },
    subject: oneLine(`[${severity}] ${title}`, 200),
    text: lines.join('\n'),
    date: new Date(at),
    textEncoding: 'quoted-printable' as const,
    // RFC 3834: no answering machine answers.
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Jobzero-Notification': id.replace(/[^\w-]/g, '_') },
    ...(kind === 'page' ? { priority: 'high' as const } : {}),
  };
}

/** A server's answer decides (RFC 5321, 4.2.1): 4yz may go at the next try, 5yz not. Without one, the mail may be there, unless nobody was reached: where a connection broke is not told. */
function sentOf({ code, responseCode, message }: MailError, host: string, secrets: readonly string[]): Sent {
  if (responseCode !== undefined && responseCode > 0) {
    const reason = `${host} answered with ${responseCode}${code === 'EAUTH' ? ' to the sign-in' : snippet(message, secrets)}`;
    return responseCode >= 500 ? { outcome: 'refused', reason } : { outcome: 'later', reason, afterMs: null, doubt: false };
  }
  if (code === 'EENVELOPE' || code === 'EAUTH') return { outcome: 'refused', reason: `${host}: ${code}` };
  return {
    outcome: 'later',
    reason: `${host}: ${code ?? 'failed'}`,
    afterMs: null,
    doubt: !(code === 'EDNS' || code === 'ETLS' || /^(connect|getaddrinfo) /.test(message)),
  };
}
