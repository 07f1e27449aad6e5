import type { Dice } from '../dice.ts';
import { clfTime } from './clf-time.ts';

export interface LoggedBucket {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  /** The canonical id of its owner. */
  readonly owner: string;
}

export interface AccessEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly ip: string;
  /** An ARN, or a service; null for a request without a signature. */
  readonly requester: string | null;
  readonly operation: string;
  readonly key: string | null;
  /** What follows the path. */
  readonly parameters: string;
  readonly status: number;
  readonly error: string | null;
  readonly bytes: number;
  readonly userAgent: string;
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html */
export function accessLine({ name, owner, region }: LoggedBucket, entry: AccessEntry, dice: Dice): string {
  const { at, ip, requester, operation, key, parameters, status, error, bytes, userAgent } = entry;
  const time = `[${clfTime(at)}]`;
  const method = operation.split('.')[1] ?? 'GET';
  // Half of a pair of surrogates has no bytes.
  const encoded = key === null ? '-' : encodeURIComponent(key.toWellFormed()).replaceAll('%2F', '/');
  const path = `/${key === null ? '' : encoded}${parameters === '' ? '' : `?${inQuotes(parameters)}`}`;
  const total = 6 + dice.int(90);
  const signed = requester !== null;
  return [
    `${owner} ${name} ${time} ${ip} ${requester ?? '-'} ${dice.hex(16).toUpperCase()} ${operation} ${encoded}`,
    `"${method} ${path} HTTP/1.1" ${status} ${error ?? '-'} ${bytes === 0 ? '-' : bytes} ${operation.endsWith('.OBJECT') && status < 300 ? Math.max(bytes, 1) : '-'}`,
    `${total} ${Math.max(1, total - 3)} "-" "${inQuotes(userAgent)}" - ${Buffer.from(dice.hex(56), 'hex').toString('base64')}`,
    `${signed ? 'SigV4' : '-'} ${operation.startsWith('WEBSITE') ? '- ' : 'TLS_AES_128_GCM_SHA256 '}${signed ? 'AuthHeader' : '-'}`,
    `${name}.s3.${region}.amazonaws.com ${operation.startsWith('WEBSITE') ? '-' : 'TLSv1.3'} - - ${region}`,
  ].join(' ');
}

/** What would end the field or the line is encoded. */
function inQuotes(text: string): string {
  return text.replace(/["\p{Cc}]/gu, (letter) => `%${letter.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}`);
}
