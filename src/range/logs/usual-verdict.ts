import type { RequestVerdict } from '../../core/model/campaign-traffic.ts';
import type { WebRequest } from './alb-line.ts';

const exploitable = /^\/(?:\.env|\.git\/|vendor\/phpunit\/|cgi-bin\/|HNAP1\/|boaform\/)/;
/** Quotes and what follows them look like SQL to a rule that only counts, for that reason. */
const likeSql = /%27|--|;|union\+|select\+/;

/** What the web ACL of the organisation says of a request of daily life: most are let through by its default. */
export function usualVerdict({ path, userAgent }: WebRequest): RequestVerdict | null {
  if (userAgent === '-') return { action: 'BLOCK', rule: 'agent' };
  if (exploitable.test(path)) return { action: 'BLOCK', rule: 'bad-inputs' };
  const question = path.indexOf('?');
  return question >= 0 && likeSql.test(path.slice(question)) ? { action: 'COUNT', rule: 'sql' } : null;
}
