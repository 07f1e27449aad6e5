import { CloudError } from '../../../core/model/errors.ts';
import type { Clients, Credentials } from '../clients.ts';

/** Whose token it is: credentials as `Clients` takes them. */
export interface Signer {
  readonly region: string;
  readonly key: string;
  readonly credentials: Credentials | undefined;
}

/** Longer ones the cluster's authenticator does not read: https://github.com/kubernetes-sigs/aws-iam-authenticator/blob/master/pkg/token/token.go */
const longest = 4096;

/**
 * The bearer token by which a cluster knows an AWS principal: a call of STS that says who is calling, signed for this cluster, which the cluster
 * makes itself. https://github.com/kubernetes-sigs/aws-iam-authenticator#api-authorization-from-outside-a-cluster
 * STS takes the call for 15 minutes whatever it says, so a token is made for each request and kept nowhere.
 */
export async function clusterToken(clients: Clients, signer: Signer, cluster: string, action: string): Promise<string> {
  const url = await clients.presignIdentity(signer, { 'x-k8s-aws-id': cluster });
  const token = `k8s-aws-v1.${Buffer.from(url, 'utf8').toString('base64url')}`;
  if (token.length <= longest) return token;
  throw new CloudError(
    'quota',
    'TokenTooLong',
    action,
    `${action}: the token has ${token.length} characters and the cluster ${cluster} takes ${longest}: the session policy is too long for it`,
  );
}
