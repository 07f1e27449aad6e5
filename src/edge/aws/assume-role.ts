import { CloudError } from '../../core/model/errors.ts';
import type { Attempt } from './attempts.ts';
import type { Clients, Credentials } from './clients.ts';

/** Becomes a role. Throws what the call threw, or CloudError for an answer without credentials. */
export async function assumeRole(
  from: {
    readonly clients: Clients;
    readonly attempt: Attempt;
    readonly account?: string;
    readonly region: string;
    readonly credentials: Credentials | undefined;
  },
  roleArn: string,
  sessionName: string,
  more: object,
): Promise<Credentials> {
  const { clients, attempt, account = '', region, credentials } = from;
  const answer = (await attempt({ account, service: 'sts', region, action: 'sts:AssumeRole' }, () =>
    clients.send({ service: 'sts', region, key: 'self', credentials }, 'AssumeRole', {
      RoleArn: roleArn,
      RoleSessionName: sessionName,
      ...more,
    }),
  )) as { readonly Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string; Expiration?: Date } };
  const given = answer.Credentials;
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined || given.SessionToken === undefined)
    throw new CloudError('unavailable', 'UnreadableAnswer', 'sts:AssumeRole', 'sts:AssumeRole gave no credentials');
  return {
    accessKeyId: given.AccessKeyId,
    secretAccessKey: given.SecretAccessKey,
    sessionToken: given.SessionToken,
    ...(given.Expiration === undefined ? {} : { expiration: given.Expiration }),
  };
}

export function soonOver(credentials: Credentials): boolean {
  return credentials.expiration !== undefined && credentials.expiration.getTime() - Date.now() < 120_000;
}
