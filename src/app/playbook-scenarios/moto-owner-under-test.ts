import type { Json } from '../../core/model/json.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { type Credentials, openClients } from '../../edge/aws/clients.ts';
import { operations, type Service } from '../../edge/aws/operations.ts';
import { account, type Call, region } from './moto-scenario-under-test.ts';

/**
 * Whoever prepares and looks: calls that jobzero makes go through its own adapter; what only a preparation needs goes to the SDK under the service and
 * command that its name has.
 */
export function ownerOf(url: string, credentials: Credentials, cloud: Cloud): { readonly call: Call; close(): void } {
  const clients = openClients({ endpointUrl: url });
  return {
    async call(action, input) {
      const session = { policy: {}, name: 'prepare' };
      if (Object.hasOwn(operations, action))
        return cloud.call({ account, region, action, input, role: 'actor', session, approvedBy: ['alice', 'bob'] });
      const [service = '', command = ''] = action.split(':');
      const answer = await clients.send({ service: service as Service, region, key: 'owner', credentials }, command, input);
      return JSON.parse(JSON.stringify(answer)) as Json;
    },
    close: () => clients.close(),
  };
}
