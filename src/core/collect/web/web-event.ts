import type { Event, Words } from '../../model/event.ts';
import type { ResourceRef } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Source } from '../../model/source.ts';
import type { Layout } from '../layout.ts';
import { recordEvent } from '../record-event.ts';
import { decodeUri } from './decode-uri.ts';

/** A web request in the words that all web logs share; what a log does not say is empty. */
export interface WebRequest {
  readonly method: string;
  /** Path and query as the log has them. */
  readonly path: string;
  readonly query: string;
  readonly host: string;
  readonly ip: string;
  readonly status: string;
  readonly userAgent: string;
  readonly referer: string;
}

/** Who answered the request. */
export interface WebServer extends Layout {
  /** `elasticloadbalancing.amazonaws.com`, as AWS names its services. */
  readonly service: string;
  /** Type and name of what answered; null where the log does not say. */
  readonly resource: { readonly type: string; readonly name: string; readonly arn?: string } | null;
}

/**
 * The event of a request: the log's own fields, the names of W3C's extended log format that Sigma's category `webserver`
 * uses (https://www.w3.org/TR/WD-logfile.html), and `cs-uri-decoded`, path and query as an application reads them. What is
 * not known is left out, but for the two names by which rules are found, and a path without which no request is.
 */
export function webEvent(source: Source, own: JsonObject, request: WebRequest, time: number, server: WebServer): Event {
  const raw: Record<string, JsonObject[string]> = {
    ...own,
    'cs-method': request.method,
    'sc-status': request.status,
    'cs-uri-stem': request.path,
    'cs-uri-decoded': decodeUri(request.path, request.query),
  };
  if (request.query !== '') raw['cs-uri-query'] = request.query;
  if (request.host !== '') raw['cs-host'] = request.host;
  if (request.ip !== '') raw['c-ip'] = request.ip;
  if (request.userAgent !== '') raw['cs-user-agent'] = request.userAgent;
  if (request.referer !== '') raw['cs-referer'] = request.referer;
  return recordEvent(source, raw, time, () => wordsOf(request, server), own);
}

function wordsOf({ method, path, ip, status, userAgent }: WebRequest, { service, resource, account = '', region = '' }: WebServer): Words {
  const about: ResourceRef | null =
    resource === null ? null : { account, name: resource.name, region, type: resource.type, uid: resource.arn ?? resource.name };
  return {
    operation: `${method} ${path}`,
    service,
    account,
    region,
    ...(ip === '' ? {} : { ip }),
    ...(userAgent === '' ? {} : { userAgent }),
    ...(/^[45]\d\d$/.test(status) ? { error: status } : {}),
    ...(about === null ? {} : { resource: about }),
  };
}

/** Method and target out of a request line, `GET http://example.com:80/a?b HTTP/1.1`; the target is cut into its parts. */
export function requestLine(line: string): Pick<WebRequest, 'method' | 'path' | 'query' | 'host'> {
  const first = line.indexOf(' ');
  const last = line.lastIndexOf(' ');
  if (first < 0) return { method: line === '-' ? '' : line, path: '', query: '', host: '' };
  const method = line.slice(0, first);
  return { method: method === '-' ? '' : method, ...targetOf(line.slice(first + 1, last > first ? last : line.length)) };
}

/** Host, path and query of a URL or of a path alone. */
export function targetOf(target: string): Pick<WebRequest, 'path' | 'query' | 'host'> {
  const scheme = /^[a-z]{2,6}:\/\//i.exec(target)?.[0] ?? '';
  const slash = scheme === '' ? 0 : target.indexOf('/', scheme.length);
  const authority = scheme === '' ? '' : target.slice(scheme.length, slash < 0 ? target.length : slash);
  const rest = slash < 0 ? '' : target.slice(slash);
  const question = rest.indexOf('?');
  const path = question < 0 ? rest : rest.slice(0, question);
  return {
    host: authority.replace(/:\d{1,5}$/, ''),
    path: /^[- ]{0,8}$/.test(path) ? '' : path,
    query: question < 0 ? '' : rest.slice(question + 1),
  };
}

/** Address of `192.0.2.1:443` or `[2001:db8::1]:443`; empty for `-`. */
export function addressOf(pair: string): string {
  const at = pair.lastIndexOf(':');
  return (at < 0 ? pair : pair.slice(0, at)).replace(/^\[|\]$/g, '').replace(/^-$/, '');
}
