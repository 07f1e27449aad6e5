import { CloudError, type CloudErrorKind } from '../core/model/errors.ts';
import type { Json, JsonObject } from '../core/model/json.ts';
import type { Cloud, Member } from '../core/ports/cloud.ts';
import { isObject } from './operation.ts';

/** Port `Cloud` over the HTTP interface of `serveRange`. A server that is away is a CloudError `unavailable`. */
export function remoteRange(url: string, token: string): Cloud {
  const ask = async (action: string, path: string, body: JsonObject | null): Promise<Json> => {
    let reply: Json;
    try {
      const response = await fetch(`${url}${path}`, {
        method: body === null ? 'GET' : 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(30_000),
        ...(body === null ? {} : { body: JSON.stringify(body) }),
      });
      reply = (await response.json()) as Json;
    } catch (cause) {
      throw new CloudError('unavailable', 'RangeUnavailable', action, `The range at ${url} does not answer`, { cause });
    }
    if (isObject(reply) && reply['answer'] !== undefined) return reply['answer'];
    const error = isObject(reply) && isObject(reply['error']) ? reply['error'] : {};
    const message = String(error['message'] ?? 'The range gave no answer');
    if (typeof error['code'] !== 'string') throw new CloudError('unavailable', 'RangeUnavailable', action, message);
    throw new CloudError(error['kind'] as CloudErrorKind, error['code'], action, message);
  };
  return {
    call: (call) => ask(call.action, '/call', { ...call }),
    self: async () => null,
    accounts: async () => (await ask('organizations:ListAccounts', '/accounts', null)) as unknown as { id: string; name: string }[],
    members: async () => (await ask('organizations:ListAccounts', '/members', null)) as unknown as Member[],
    regions: async (account) => (await ask('ec2:DescribeRegions', `/regions?account=${encodeURIComponent(account)}`, null)) as string[],
    close: async () => {},
  };
}
