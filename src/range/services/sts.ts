import { evaluatePolicy } from '../evaluate-policy.ts';
import {
  fault,
  iso,
  type Operation,
  type OperationContext,
  type OperationTable,
  optionalText,
  responseWithDates,
  text,
} from '../operation.ts';
import type { RoleState, SessionState } from '../state.ts';

const source = 'sts.amazonaws.com';

/** `sts:` operations. */
export const sts: OperationTable = {
  'sts:GetCallerIdentity': {
    source,
    event: 'GetCallerIdentity',
    readOnly: true,
    run: ({ account, caller }) => ({ Account: account.id, Arn: caller.arn, UserId: caller.userId }),
  },
  'sts:GetSessionToken': {
    source,
    event: 'GetSessionToken',
    readOnly: true,
    run: (context) => {
      const user = context.caller.userName === null ? undefined : context.account.users[context.caller.userName];
      if (user === undefined) throw fault(context, 'AccessDenied', 'Cannot call GetSessionToken with session credentials');
      return issue(context, { of: 'user', principal: user.name, principalId: user.id, name: '', federated: null });
    },
    response: (output) => responseWithDates(output),
  },
  'sts:AssumeRole': {
    source,
    event: 'AssumeRole',
    readOnly: true,
    on: (context) => [text(context, 'RoleArn')],
    run: (context) => {
      const role = roleOf(context);
      const { caller } = context;
      const externalId = optionalText(context, 'ExternalId');
      const request = {
        action: 'sts:AssumeRole',
        resource: role.arn,
        context: {
          ...(caller.mfa ? { 'aws:multifactorauthpresent': 'true' } : {}),
          ...(externalId === null ? {} : { 'sts:externalid': externalId }),
        },
      };
      const principal = {
        account: caller.account,
        arns: [caller.arn, caller.roleArn ?? '', `arn:aws:iam::${caller.account}:root`],
        service: null,
        federated: null,
      };
      if (evaluatePolicy(role.trust, request, principal) !== 'allow') throw refuse(context, role, 'sts:AssumeRole');
      return assumed(context, role, null);
    },
    response: (output) => responseWithDates(output),
    resources: (context) => [{ type: 'AWS::IAM::Role', arn: text(context, 'RoleArn') }],
  },
  'sts:AssumeRoleWithWebIdentity': {
    source,
    event: 'AssumeRoleWithWebIdentity',
    readOnly: true,
    run: (context) => {
      const role = roleOf(context);
      const federated = webIdentity(context);
      const provider = `arn:aws:iam::${context.account.id}:oidc-provider/${federated.provider}`;
      const request = {
        action: 'sts:AssumeRoleWithWebIdentity',
        resource: role.arn,
        context: { [`${federated.provider}:aud`]: federated.audience, [`${federated.provider}:sub`]: federated.subject },
      };
      const principal = { account: null, arns: [], service: null, federated: provider };
      if (context.account.oidcProviders[provider] === undefined || evaluatePolicy(role.trust, request, principal) !== 'allow') {
        throw fault(context, 'AccessDenied', 'Not authorized to perform sts:AssumeRoleWithWebIdentity');
      }
      return {
        ...assumed(context, role, federated),
        Provider: provider,
        Audience: federated.audience,
        SubjectFromWebIdentityToken: federated.subject,
      };
    },
    request: (context) => ({ roleArn: text(context, 'RoleArn'), roleSessionName: text(context, 'RoleSessionName') }),
    response: (output) => responseWithDates(output),
    resources: (context) => [{ type: 'AWS::IAM::Role', arn: text(context, 'RoleArn') }],
  },
} satisfies { readonly [action: string]: Operation };

function roleOf(context: OperationContext): RoleState {
  const arn = text(context, 'RoleArn');
  const found = Object.values(context.account.roles).find((role) => role.arn === arn);
  // STS does not tell whether a role exists.
  if (found === undefined)
    throw fault(context, 'AccessDenied', `User: ${context.caller.arn} is not authorized to perform: ${context.action} on resource: ${arn}`);
  return found;
}

function refuse(context: OperationContext, role: RoleState, action: string): Error {
  return fault(context, 'AccessDenied', `User: ${context.caller.arn} is not authorized to perform: ${action} on resource: ${role.arn}`);
}

/**
 * A web identity token stands here for its claims: `issuer|audience|subject`. The simulated provider vouches for any
 * such token; whether the role trusts it is up to the trust policy.
 */
function webIdentity(context: OperationContext): { provider: string; audience: string; subject: string } {
  const [provider, audience, subject] = text(context, 'WebIdentityToken').split('|');
  if (!provider || !audience || !subject)
    throw fault(context, 'InvalidIdentityToken', 'The web identity token that was passed is not valid.');
  return { provider, audience, subject };
}

function assumed(context: OperationContext, role: RoleState, federated: SessionState['federated']) {
  const name = text(context, 'RoleSessionName');
  const answer = issue(context, { of: 'role', principal: role.name, principalId: role.id, name, federated });
  role.lastUsed = { at: context.now, region: context.region };
  return {
    ...answer,
    AssumedRoleUser: { AssumedRoleId: `${role.id}:${name}`, Arn: `arn:aws:sts::${context.account.id}:assumed-role/${role.name}/${name}` },
  };
}

function issue(context: OperationContext, of: Pick<SessionState, 'of' | 'principal' | 'principalId' | 'name' | 'federated'>) {
  const duration = context.input['DurationSeconds'];
  const seconds = typeof duration === 'number' ? duration : of.of === 'user' ? 43_200 : 3600;
  const session: SessionState = {
    ...of,
    accessKeyId: context.dice.id('ASIA', 16),
    account: context.account.id,
    issuedAt: context.now,
    expiresAt: context.now + seconds * 1000,
    mfa: false,
    fromInstance: null,
    policy: optionalText(context, 'Policy'),
  };
  context.state.sessions[session.accessKeyId] = session;
  return {
    Credentials: {
      AccessKeyId: session.accessKeyId,
      SecretAccessKey: context.dice.mixed(40),
      SessionToken: context.dice.mixed(120),
      Expiration: iso(session.expiresAt),
    },
  };
}
