import { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { HttpRequest } from './http-request.ts';
import { type Signed, signedCall } from './signed-call.ts';

const id = /^[a-f0-9]{8}-([a-z0-9]{4}-){3}[a-z0-9]{12}$/;

/**
 * The few calls of IAM Roles Anywhere that playbooks make, without its package: a profile or a trust anchor is read, enabled or disabled, and none of
 * these has a body. https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html
 */
export async function callRolesAnywhere(command: string, input: unknown, signed: Signed): Promise<Json> {
  return signedCall(placeOf(command, input as { readonly [name: string]: unknown }), signed);
}

function placeOf(command: string, input: { readonly [name: string]: unknown }): Pick<HttpRequest, 'method' | 'path'> {
  const [, verb = '', what = ''] = /^(Get|Enable|Disable)(Profile|TrustAnchor)$/.exec(command) ?? [];
  const value = input[what === 'Profile' ? 'profileId' : 'trustAnchorId'];
  // A path is made of it.
  if (verb === '' || typeof value !== 'string' || !id.test(value))
    throw new CloudError(
      'invalid',
      'InvalidInput',
      `rolesanywhere:${command}`,
      `rolesanywhere:${command}: there is no such call, or its input has no id`,
    );
  const path = `/${what.toLowerCase()}/${value}`;
  return verb === 'Get' ? { method: 'GET', path } : { method: 'POST', path: `${path}/${verb.toLowerCase()}` };
}
