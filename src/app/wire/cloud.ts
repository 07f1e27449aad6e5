import { InputError } from '../../core/model/errors.ts';
import type { Cloud, CloudRole } from '../../core/ports/cloud.ts';
import type { AwsChoice } from '../wires.ts';

/** Which cloud a worker works in, as `up` tells it. */
export type CloudChoice = ({ readonly kind: 'aws' } & AwsChoice) | { readonly kind: 'range'; readonly url: string; readonly token: string };

export async function openCloud(choice: CloudChoice): Promise<Cloud> {
  if (choice.kind === 'range') return (await import('../../range/remote-range.ts')).remoteRange(choice.url, choice.token);
  return openAwsCloud(choice);
}

/** AWS as the command line names it. Without an endpoint, acting needs the roles that `jobzero` was given. */
export async function openAwsCloud(choice: AwsChoice): Promise<Cloud> {
  const { openAws } = await import('../../edge/aws/open-aws.ts');
  return openAws({
    profile: choice.profile ?? undefined,
    endpointUrl: choice.endpointUrl ?? undefined,
    regions: choice.regions ?? undefined,
    roles: rolesOf(process.env),
    externalId: process.env['JOBZERO_EXTERNAL_ID'],
    // An emulator has no roles of ours; in AWS the actor is always another principal than the detector.
    actAsSelf: choice.endpointUrl !== null,
  });
}

/**
 * The roles that are assumed in every account, by name with path: JOBZERO_READER_ROLE, JOBZERO_ACTOR_ROLE and
 * JOBZERO_UNDOER_ROLE. Without a reader the credentials read their own account; without an actor nothing is changed.
 */
export function rolesOf(env: { readonly [name: string]: string | undefined }): { readonly [role in CloudRole]?: string } {
  const named = (role: CloudRole) => env[`JOBZERO_${role.toUpperCase()}_ROLE`] ?? '';
  const roles = (['reader', 'actor', 'undoer'] as const).filter((role) => named(role) !== '');
  return Object.fromEntries(roles.map((role) => [role, named(role)]));
}

/** Are there credentials for AWS? Without any, `up` shows the simulated organisation. */
export function hasCredentials(choice: AwsChoice, env: { readonly [name: string]: string | undefined }): boolean {
  if (choice.profile !== null || choice.endpointUrl !== null) return true;
  return ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE', 'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI'].some(
    (name) => (env[name] ?? '') !== '',
  );
}

/** Reads what `up` handed to a worker. */
export function parseCloudChoice(text: string | undefined): CloudChoice {
  if (text === undefined || text === '') throw new InputError('a worker is started by "jobzero up"', 'JOBZERO_CLOUD');
  return JSON.parse(text) as CloudChoice;
}
