import { CloudError } from '../core/model/errors.ts';
import type { JsonObject } from '../core/model/json.ts';
import { iso } from './operation.ts';
import type { RangeState, RoleState, SessionState, UserState } from './state.ts';

/** With what a request is signed. */
export type Credentials =
  /** An access key of a user (`AKIA...`), or temporary credentials (`ASIA...`). */
  | { readonly kind: 'key'; readonly accessKeyId: string }
  | { readonly kind: 'root'; readonly account: string }
  | { readonly kind: 'service'; readonly account: string; readonly service: string }
  /** The unsigned call that trades a token for a session: `issuer|audience|subject`. */
  | { readonly kind: 'web-identity'; readonly account: string; readonly token: string }
  /** A principal of an account that is not of the organisation; what its own policies say is not our matter. */
  | { readonly kind: 'outside'; readonly account: string }
  | { readonly kind: 'anonymous' };

/** Who a request turned out to come from. */
export interface Caller {
  readonly account: string | null;
  readonly arn: string;
  /** `aws:userid` */
  readonly userId: string;
  readonly user: UserState | null;
  readonly role: RoleState | null;
  readonly session: SessionState | null;
  readonly accessKeyId: string | null;
  readonly service: string | null;
  readonly isRoot: boolean;
  /** Of an account that is not of the organisation: its own policies allow what they like. */
  readonly outside: boolean;
  /** `userIdentity` of the record. */
  readonly identity: JsonObject;
}

/** Error codes of an unknown or inactive key, by service: query, REST-XML and JSON protocols name it differently. */
const unknownKey: { readonly [prefix: string]: string } = {
  s3: 'InvalidAccessKeyId',
  ec2: 'AuthFailure',
  iam: 'InvalidClientTokenId',
  sts: 'InvalidClientTokenId',
};

/** Finds out who signed. Throws CloudError for a key that does not exist, is inactive, or has expired. */
export function authenticate(state: RangeState, credentials: Credentials, action: string, now: number): Caller {
  switch (credentials.kind) {
    case 'key':
      return credentials.accessKeyId.startsWith('ASIA')
        ? ofSession(state, credentials.accessKeyId, action, now)
        : ofUserKey(state, credentials.accessKeyId, action);
    case 'root': {
      const arn = `arn:aws:iam::${credentials.account}:root`;
      const identity = { type: 'Root', principalId: credentials.account, arn, accountId: credentials.account };
      return { ...nobody, account: credentials.account, arn, userId: credentials.account, isRoot: true, identity };
    }
    case 'service':
      return {
        ...nobody,
        account: credentials.account,
        arn: credentials.service,
        userId: credentials.service,
        service: credentials.service,
        identity: { type: 'AWSService', invokedBy: credentials.service },
      };
    case 'web-identity': {
      const [issuer = '', audience = '', subject = ''] = credentials.token.split('|');
      const provider = `arn:aws:iam::${credentials.account}:oidc-provider/${issuer}`;
      const principalId = `${provider}:${audience}:${subject}`;
      return {
        ...nobody,
        account: credentials.account,
        arn: principalId,
        userId: principalId,
        identity: { type: 'WebIdentityUser', principalId, userName: subject, identityProvider: provider },
      };
    }
    case 'outside': {
      const principalId = `AIDA${credentials.account.replace(/[01]/g, 'Z')}OUTSI`;
      return {
        ...nobody,
        account: credentials.account,
        arn: `arn:aws:iam::${credentials.account}:user/outside`,
        userId: principalId,
        outside: true,
        identity: { type: 'AWSAccount', principalId, accountId: credentials.account },
      };
    }
    case 'anonymous':
      return { ...nobody, identity: { type: 'AWSAccount', principalId: '', accountId: 'anonymous' } };
  }
}

const nobody: Caller = {
  account: null,
  arn: 'anonymous',
  userId: 'anonymous',
  user: null,
  role: null,
  session: null,
  accessKeyId: null,
  service: null,
  isRoot: false,
  outside: false,
  identity: {},
};

function refused(action: string): CloudError {
  const code = unknownKey[action.split(':')[0] ?? ''] ?? 'UnrecognizedClientException';
  const message =
    code === 'InvalidAccessKeyId'
      ? 'The AWS Access Key Id you provided does not exist in our records.'
      : 'The security token included in the request is invalid.';
  return new CloudError('denied', code, action, message);
}

function ofUserKey(state: RangeState, accessKeyId: string, action: string): Caller {
  if (!accessKeyId.startsWith('AKIA')) throw refused(action);
  for (const account of Object.values(state.accounts)) {
    for (const user of Object.values(account.users)) {
      const key = user.keys[accessKeyId];
      if (key === undefined) continue;
      if (key.status !== 'Active') throw refused(action);
      return {
        ...nobody,
        account: account.id,
        arn: user.arn,
        userId: user.id,
        user,
        accessKeyId,
        identity: userIdentity(user, account.id, accessKeyId),
      };
    }
  }
  throw refused(action);
}

function userIdentity(user: UserState, account: string, accessKeyId: string): JsonObject {
  return { type: 'IAMUser', principalId: user.id, arn: user.arn, accountId: account, accessKeyId, userName: user.name };
}

function ofSession(state: RangeState, accessKeyId: string, action: string, now: number): Caller {
  const session = state.sessions[accessKeyId];
  const account = session === undefined ? undefined : state.accounts[session.account];
  if (session === undefined || account === undefined) throw refused(action);
  if (now >= session.expiresAt)
    throw new CloudError('denied', 'ExpiredToken', action, 'The security token included in the request is expired');
  if (session.of === 'user') {
    const user = account.users[session.principal];
    if (user === undefined || user.id !== session.principalId) throw refused(action);
    const identity = { ...userIdentity(user, account.id, accessKeyId), sessionContext: { attributes: attributesOf(session) } };
    return { ...nobody, account: account.id, arn: user.arn, userId: user.id, user, session, accessKeyId, identity };
  }
  const role = account.roles[session.principal];
  if (role === undefined || role.id !== session.principalId) throw refused(action);
  const { arn, userId, identity } = sessionIdentity(role, session);
  return { ...nobody, account: account.id, arn, userId, role, session, accessKeyId, identity };
}

/** How a role's session is named: its ARN, `aws:userid`, and the `userIdentity` of records. */
export function sessionIdentity(
  role: RoleState,
  session: SessionState,
): { readonly arn: string; readonly userId: string; readonly identity: JsonObject } {
  const { account: id, accessKeyId } = session;
  const arn = `arn:aws:sts::${id}:assumed-role/${role.name}/${session.name}`;
  const userId = `${role.id}:${session.name}`;
  const identity: JsonObject = {
    type: 'AssumedRole',
    principalId: userId,
    arn,
    accountId: id,
    accessKeyId,
    sessionContext: {
      sessionIssuer: { type: 'Role', principalId: role.id, arn: role.arn, accountId: id, userName: role.name },
      ...(session.federated === null
        ? {}
        : {
            webIdFederationData: {
              federatedProvider: `arn:aws:iam::${id}:oidc-provider/${session.federated.provider}`,
              attributes: {
                [`${session.federated.provider}:aud`]: session.federated.audience,
                [`${session.federated.provider}:sub`]: session.federated.subject,
              },
            },
          }),
      attributes: attributesOf(session),
      ...(session.fromInstance === null ? {} : { ec2RoleDelivery: '2.0' }),
    },
  };
  return { arn, userId, identity };
}

function attributesOf(session: SessionState): JsonObject {
  return { creationDate: iso(session.issuedAt).replace('.000Z', 'Z'), mfaAuthenticated: String(session.mfa) };
}
