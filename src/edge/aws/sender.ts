import { type CloudError, InputError } from '../../core/model/errors.ts';
import { assumeRole, soonOver } from './assume-role.ts';
import { attemptsOf } from './attempts.ts';
import { type Credentials, openClients } from './clients.ts';
import { cloudErrorOf } from './cloud-error-of.ts';
import type { AwsOptions } from './open-aws.ts';
import type { Service } from './operations.ts';
import { openPacer } from './pacer.ts';

export interface SenderOptions extends Omit<AwsOptions, 'roles' | 'actAsSelf'> {
  /** A role that is assumed for every call: one that may read the logs of the log archive's account. */
  readonly roleArn?: string | undefined;
}

/** Sends calls with the credentials at hand, or with those of one role. */
export interface Sender {
  /** The answer as the SDK gives it. Without a Region, the one of the profile or the first of the options. Throws CloudError. */
  send(to: { readonly service: Service; readonly region?: string }, action: string, command: string, input: object): Promise<unknown>;
  /** What a call threw, or the body of its answer, as an error of ours. */
  errorOf(action: string, thrown: unknown): CloudError;
  close(): void;
}

export function openSender(options: SenderOptions): Sender {
  const emulated = options.endpointUrl !== undefined;
  const clients = openClients(options);
  const attempt = attemptsOf(options.maxAttempts ?? (emulated ? 1 : 5), options.pacer ?? openPacer(), emulated);
  const { roleArn } = options;
  if (roleArn !== undefined && !/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/.test(roleArn))
    throw new InputError('the address of a role looks like arn:aws:iam::ACCOUNT:role/NAME', roleArn);
  let home: Promise<string> | undefined;
  let assumed: Promise<Credentials> | undefined;

  /** Credentials of the role, renewed before they end; those at hand without one. */
  async function credentials(region: string): Promise<Credentials | undefined> {
    if (roleArn === undefined) return options.credentials;
    const known = await assumed?.catch(() => undefined);
    if (known !== undefined && !soonOver(known)) return known;
    assumed = assumeRole({ clients, attempt, region, credentials: options.credentials }, roleArn, 'jobzero-logs', {
      DurationSeconds: 3600,
      ...(options.externalId === undefined ? {} : { ExternalId: options.externalId }),
    });
    return assumed;
  }

  return {
    async send({ service, region: wanted }, action, command, input) {
      home ??= options.regions?.[0] === undefined ? clients.homeRegion() : Promise.resolve(options.regions[0]);
      const region = wanted ?? (await home);
      try {
        const given = await credentials(region);
        const key = roleArn === undefined ? 'self' : `${roleArn}/${given?.accessKeyId}`;
        return await attempt({ account: '', service, region, action }, () =>
          clients.send({ service, region, key, credentials: given }, command, input),
        );
      } catch (thrown) {
        throw cloudErrorOf(action, thrown, emulated);
      }
    },
    errorOf: (action, thrown) => cloudErrorOf(action, thrown, emulated),
    close: () => clients.close(),
  };
}
