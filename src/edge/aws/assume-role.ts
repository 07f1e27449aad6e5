import { CloudError } from '../../core/model/errors.ts';
import type { Attempt } from './attempts.ts';
import type { Clients, Credentials } from './clients.ts';

/** Who takes a session on, and by what. */
interface From {
  readonly clients: Clients;
  readonly attempt: Attempt;
  readonly account?: string;
  /** STS of this Region is asked: the global endpoint serves no sessions of roots. */
  readonly region: string;
  /** Name of the credentials, as `Clients` takes it; default `self`. */
  readonly key?: string;
  readonly credentials: Credentials | undefined;
}

/** Becomes a role. Throws what the call threw, or CloudError for an answer without credentials. */
export function assumeRole(from: From, roleArn: string, sessionName: string, more: object): Promise<Credentials> {
  return assume(from, 'AssumeRole', { RoleArn: roleArn, RoleSessionName: sessionName, ...more });
}

/**
 * Becomes root of a member account for one task, for as long as AWS lets it: 15 minutes. Only the management account may, or whom it has delegated IAM to.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoot.html. Throws as `assumeRole`.
 */
export function assumeRoot(from: From, member: string, task: string): Promise<Credentials> {
  return assume(from, 'AssumeRoot', { TargetPrincipal: member, TaskPolicyArn: { arn: task }, DurationSeconds: 900 });
}

async function assume(
  { clients, attempt, account = '', region, key = 'self', credentials }: From,
  command: string,
  input: object,
): Promise<Credentials> {
  const action = `sts:${command}`;
  const answer = (await attempt({ account, service: 'sts', region, action }, () =>
    clients.send({ service: 'sts', region, key, credentials }, command, input),
  )) as { readonly Credentials?: { AccessKeyId?: string; SecretAccessKey?: string; SessionToken?: string; Expiration?: Date } };
  const given = answer.Credentials;
  if (given?.AccessKeyId === undefined || given.SecretAccessKey === undefined || given.SessionToken === undefined)
    throw new CloudError('unavailable', 'UnreadableAnswer', action, `${action} gave no credentials`);
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
