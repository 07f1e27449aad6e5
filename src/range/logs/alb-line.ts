import type { Dice } from '../dice.ts';

/** The load balancer of an account's shop. */
export interface Shop {
  readonly account: string;
  readonly region: string;
  /** `app/shop/50dc6c495c0c9188` */
  readonly balancer: string;
  /** Public addresses of its nodes. */
  readonly nodes: readonly [string, string];
  readonly targetGroup: string;
  readonly certificate: string;
  /** The name by which browsers ask. */
  readonly host: string;
  /** Private addresses of the machines behind it. */
  readonly targets: readonly string[];
}

export interface WebRequest {
  /** When it was answered, in milliseconds since 1970. */
  readonly at: number;
  readonly ip: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status: number;
  readonly userAgent: string;
  /** Of the answer. */
  readonly bytes: number;
  /** Of its body. */
  readonly sent?: number;
  /** Seconds that the machine behind took. */
  readonly took?: number;
  /** Came by HTTP without TLS, and is sent on to HTTPS. */
  readonly plain?: boolean;
  /** Came by TLS and HTTP/1.1, as CloudFront asks; else by HTTP/2. */
  readonly olderHttp?: boolean;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-syntax */
export function albLine(shop: Shop, request: WebRequest, dice: Dice): string {
  const { at, ip, method, path, status, plain = false, olderHttp = plain } = request;
  const took = request.took ?? 0.002 + dice.int(180) / 1000;
  const wait = dice.int(3) / 1000;
  const iso = (time: number) => `${new Date(time).toISOString().slice(0, 23)}${String(dice.int(1000)).padStart(3, '0')}Z`;
  const client = `${ip}:${1024 + dice.int(64_000)}`;
  // The client went away, or the machine behind gave no answer.
  const unanswered = status === 460 || status === 504 || status === 502;
  const target = plain ? '-' : `${shop.targets[dice.int(shop.targets.length)] ?? '10.0.0.10'}:8080`;
  const times = plain || unanswered ? '-1 -1 -1' : `${wait.toFixed(3)} ${took.toFixed(3)} 0.000`;
  const answered = plain || unanswered ? '-' : String(status);
  const received = 120 + path.length + request.userAgent.length + (request.sent ?? 0);
  const asked = `${method} ${plain ? `http://${shop.host}:80` : `https://${shop.host}:443`}${path} ${olderHttp ? 'HTTP/1.1' : 'HTTP/2.0'}`;
  const trace = `Root=1-${Math.floor(at / 1000).toString(16)}-${dice.hex(24)}`;
  const tls = plain ? '- -' : 'TLS_AES_128_GCM_SHA256 TLSv1.3';
  const came = at - (unanswered ? 0 : (took + wait) * 1000);
  return [
    `${plain ? 'http' : olderHttp ? 'https' : 'h2'} ${iso(at)} ${shop.balancer} ${client} ${target} ${times} ${status} ${answered} ${received} ${request.bytes}`,
    `"${escaped(asked)}" "${escaped(request.userAgent)}" ${tls} ${plain ? '-' : shop.targetGroup} "${trace}"`,
    `"${plain ? '-' : shop.host}" "${plain ? '-' : shop.certificate}" 0 ${iso(came)} "${plain ? 'redirect' : 'forward'}"`,
    `"${plain ? escaped(`https://${shop.host}:443${path}`) : '-'}" "-" "${target}" "${answered}" "-" "-" TID_${dice.hex(32)} "-" "-" "-"`,
  ].join(' ');
}

/** Quotes, backslashes and what cannot be printed come as `\x22`. */
export function escaped(text: string): string {
  return text.replace(/[^ !#-[\]-~]/gu, (letter) =>
    [...Buffer.from(letter)].map((byte) => `\\x${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );
}
