import { arnOf, parseArn, partitionOf } from '../../lib/arn.ts';
import type { Actor, ResourceRef } from '../../model/finding.ts';

/** The text when it is an account id, else null. */
export const accountOf = (value: string): string | null => (/^\d{12}$/.test(value) ? value : null);

/** The text when it may be a Region's name, else null. `global` and `aws-global` are what services without Regions say. */
export const regionOf = (value: string): string | null => (/^([a-z]{2,5}(-[a-z]{2,10}){1,3}-\d|(aws-)?global)$/.test(value) ? value : null);

export interface Around {
  readonly account: string;
  readonly region: string;
}

/** A resource by its ARN; of one that has another owner or place than the finding, the ARN says so. */
export function resourceByArn(arn: string, type: string, around: Around, name?: string): ResourceRef {
  const parsed = parseArn(arn);
  return {
    uid: arn,
    type,
    name: name ?? parsed?.resource.split(/[/:]/).at(-1) ?? arn,
    account: (parsed?.account ?? '') === '' ? around.account : (parsed?.account ?? ''),
    region: (parsed?.region ?? '') === '' ? around.region : (parsed?.region ?? ''),
  };
}

/** A resource by what a finding calls it. */
export function resourceByName(type: string, name: string, around: Around): ResourceRef {
  return resourceByArn(arnOf(type, name, around.account, around.region), type, around, name);
}

/** Of a role's session: the role id, and the session's name. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html */
const sessionId = /^A[A-Z]{3}[A-Z0-9]{8,124}:([\w+=,.@-]{2,64})$/;

/**
 * Whose credentials were used, in the words of CloudTrail. Findings name users and roles without path, and of a session only the id that
 * ends in its name; so the ARN is that of a user or role without path.
 */
export function actorOf(
  { type, name, principalId, accessKeyId }: { readonly [field in 'type' | 'name' | 'principalId' | 'accessKeyId']: string },
  { account, region }: Around,
): Actor | null {
  const partition = partitionOf(region);
  const ids = { ...(principalId === '' ? {} : { principalId }), ...(accessKeyId === '' ? {} : { accessKeyId }), account };
  switch (type) {
    case 'IAMUser':
      return name === '' ? null : { type, uid: `arn:${partition}:iam::${account}:user/${name}`, name, ...ids };
    case 'Root':
      return { type, uid: `arn:${partition}:iam::${account}:root`, name: 'root', ...ids };
    case 'AssumedRole':
    case 'Role': {
      if (name === '') return null;
      // Roles of IAM Identity Center have a path, by which they are told to be shared: https://docs.aws.amazon.com/singlesignon/latest/userguide/using-service-linked-roles.html
      const path = name.startsWith('AWSReservedSSO_') ? 'aws-reserved/sso.amazonaws.com/' : '';
      const issuer = `arn:${partition}:iam::${account}:role/${path}${name}`;
      const session = sessionId.exec(principalId)?.[1];
      if (session === undefined) return { type: 'Role', uid: issuer, name, ...ids };
      return {
        type: 'AssumedRole',
        uid: `arn:${partition}:sts::${account}:assumed-role/${name}/${session}`,
        name: `${name}/${session}`,
        issuer,
        ...ids,
      };
    }
    case 'FederatedUser':
      return name === '' ? null : { type, uid: `arn:${partition}:sts::${account}:federated-user/${name}`, name, ...ids };
    default:
      return null;
  }
}

/** A user or role that acted is at stake as well; the account's root user is the account. */
export function principalAsResource(actor: Actor | null, around: Around): ResourceRef | null {
  if (actor === null) return null;
  if (actor.type === 'IAMUser') return resourceByArn(actor.uid, 'AWS::IAM::User', { ...around, region: 'aws-global' });
  const role = actor.issuer ?? (actor.type === 'Role' ? actor.uid : null);
  return role === null ? null : resourceByArn(role, 'AWS::IAM::Role', { ...around, region: 'aws-global' });
}

const consoles: { readonly [partition: string]: string } = {
  aws: 'console.aws.amazon.com',
  'aws-cn': 'console.amazonaws.cn',
  'aws-us-gov': 'console.amazonaws-us-gov.com',
};

/** An address in the console of AWS; empty for partitions whose console has no public name. `path` begins with a slash and is encoded. */
export function consoleUrl(region: string, path: string): string {
  const host = consoles[partitionOf(region)];
  const home = regionOf(region) === null || region.endsWith('global') ? 'us-east-1' : region;
  return host === undefined ? '' : `https://${home}.${host}${path}`;
}
