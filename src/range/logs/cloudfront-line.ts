import type { Dice } from '../dice.ts';
import type { WebRequest } from './alb-line.ts';
import { countryOf } from './waf-record.ts';

/** A distribution of CloudFront, and how its standard logs are written. */
export interface Distribution {
  readonly account: string;
  /** `E` and 13 letters or digits. */
  readonly id: string;
  /** `d111111abcdef8.cloudfront.net` */
  readonly domain: string;
  /** The name by which browsers ask. */
  readonly host: string;
  /** The second version as JSON with some fields more, or the first, of which only the prefix of its objects is chosen. */
  readonly version: 'v2' | 'legacy';
}

/** How CloudFront came by its answer. */
export interface EdgeAnswer {
  readonly requestId: string;
  /** Three letters of an airport, and numbers: `FRA56-P4`. */
  readonly location: string;
  readonly result: 'Hit' | 'Miss' | 'RefreshHit' | 'Redirect' | 'Error';
  /** Seconds. */
  readonly took: number;
  /** The header X-Forwarded-For of the viewer; null where there was none. */
  readonly forwardedFor: string | null;
}

/** https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logs-reference.html: the fields in their order. */
const fields = [
  'date',
  'time',
  'x-edge-location',
  'sc-bytes',
  'c-ip',
  'cs-method',
  'cs(Host)',
  'cs-uri-stem',
  'sc-status',
  'cs(Referer)',
  'cs(User-Agent)',
  'cs-uri-query',
  'cs(Cookie)',
  'x-edge-result-type',
  'x-edge-request-id',
  'x-host-header',
  'cs-protocol',
  'cs-bytes',
  'time-taken',
  'x-forwarded-for',
  'ssl-protocol',
  'ssl-cipher',
  'x-edge-response-result-type',
  'cs-protocol-version',
  'fle-status',
  'fle-encrypted-fields',
  'c-port',
  'time-to-first-byte',
  'x-edge-detailed-result-type',
  'sc-content-type',
  'sc-content-len',
  'sc-range-start',
  'sc-range-end',
] as const;

type Values = { readonly [field in (typeof fields)[number]]: string };

/** What objects of the first version begin with. */
export const legacyHead = `#Version: 1.0\n#Fields: ${fields.join(' ')}\n`;

/** One request: columns with tabs between them below the head, or JSON. */
export function cloudFrontLine(of: Distribution, request: WebRequest, answer: EdgeAnswer, dice: Dice): string {
  const values = valuesOf(of, request, answer, dice);
  if (of.version === 'legacy') return fields.map((name) => values[name]).join('\t');
  return JSON.stringify({ ...values, DistributionId: of.id, 'c-country': countryOf(request.ip) });
}

function valuesOf({ domain, host }: Distribution, request: WebRequest, answer: EdgeAnswer, dice: Dice): Values {
  const { at, ip, method, path, status, userAgent, bytes, sent = 0, plain = false } = request;
  const iso = new Date(at).toISOString();
  const question = path.indexOf('?');
  const took = answer.took.toFixed(3);
  return {
    date: iso.slice(0, 10),
    time: iso.slice(11, 19),
    'x-edge-location': answer.location,
    'sc-bytes': String(bytes + 380 + dice.int(90)),
    'c-ip': ip,
    'cs-method': method,
    'cs(Host)': domain,
    'cs-uri-stem': encoded(question < 0 ? path : path.slice(0, question)),
    'sc-status': String(status),
    'cs(Referer)': '-',
    'cs(User-Agent)': encoded(userAgent),
    'cs-uri-query': question < 0 ? '-' : encoded(path.slice(question + 1)) || '-',
    'cs(Cookie)': '-',
    'x-edge-result-type': answer.result,
    'x-edge-request-id': answer.requestId,
    'x-host-header': host,
    'cs-protocol': plain ? 'http' : 'https',
    'cs-bytes': String(60 + path.length + userAgent.length + sent),
    'time-taken': took,
    'x-forwarded-for': answer.forwardedFor === null ? '-' : encoded(answer.forwardedFor),
    'ssl-protocol': plain ? '-' : 'TLSv1.3',
    'ssl-cipher': plain ? '-' : 'TLS_AES_128_GCM_SHA256',
    'x-edge-response-result-type': answer.result,
    'cs-protocol-version': plain ? 'HTTP/1.1' : 'HTTP/2.0',
    'fle-status': '-',
    'fle-encrypted-fields': '-',
    'c-port': String(1024 + dice.int(64_000)),
    'time-to-first-byte': took,
    'x-edge-detailed-result-type': answer.result,
    'sc-content-type': contentType(path),
    'sc-content-len': String(bytes),
    'sc-range-start': '-',
    'sc-range-end': '-',
  };
}

function contentType(path: string): string {
  const [, extension] = /\.(css|js|webp)(?:$|\?)/.exec(path) ?? [];
  return extension === 'css' ? 'text/css' : extension === 'js' ? 'text/javascript' : extension === 'webp' ? 'image/webp' : 'text/html';
}

/** Values are URL-encoded: what is not printable or not ASCII, spaces, and the characters that RFC 1738 calls unsafe. */
function encoded(text: string): string {
  return text.replace(/[^!$&(-;=?-Z_a-z]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );
}

/** Key of an object with requests of an hour; the first version's prefix is chosen by its owner. */
export function cloudFrontObject({ account, id, version }: Distribution): (end: number, dice: Dice) => string {
  const below = version === 'v2' ? `AWSLogs/${account}/CloudFront` : `cloudfront/${account}`;
  return (end, dice) => {
    const stamp = new Date(end - 1).toISOString();
    return `${below}/${id}.${stamp.slice(0, 13).replace('T', '-')}.${dice.hex(8)}.gz`;
  };
}
