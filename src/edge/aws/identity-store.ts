import type { Json } from '../../core/model/json.ts';
import { type Signed, signedCall } from './signed-call.ts';

/**
 * The few calls of the identity store that playbooks make, without its package. All of them are JSON to one place:
 * https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html
 */
export async function callIdentityStore(command: string, input: unknown, signed: Signed): Promise<Json> {
  const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `AWSIdentityStore.${command}` };
  return signedCall({ method: 'POST', path: '/', headers, body: JSON.stringify(input) }, signed);
}
