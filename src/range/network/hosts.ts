import type { JsonObject } from '../../core/model/json.ts';
import { isObject, objects } from '../operation.ts';
import type { AccountState, RegionState } from '../state.ts';

/** An instance as logs of the network see it. */
export interface Host {
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly instance: string;
  readonly networkInterface: string;
  readonly vpc: string;
  readonly subnet: string;
  readonly address: string;
  /** Ids of its security groups. */
  readonly groups: readonly string[];
  readonly state: RegionState;
}

/** The instances of an account that have a network interface, in the order in which they were made. */
export function hostsOf(account: AccountState): readonly Host[] {
  return Object.entries(account.regions).flatMap(([region, state]) =>
    Object.entries(state.networkInterfaces).flatMap(([networkInterface, about]) => {
      const attachment = about['Attachment'];
      const instance = isObject(attachment) ? text(attachment, 'InstanceId') : '';
      const tags = objects(state.instances[instance]?.['Tags']);
      const name = tags.find((tag) => tag['Key'] === 'Name')?.['Value'];
      return instance === '' || typeof name !== 'string'
        ? []
        : [
            {
              account: account.id,
              region,
              name,
              instance,
              networkInterface,
              vpc: text(about, 'VpcId'),
              subnet: text(about, 'SubnetId'),
              address: text(about, 'PrivateIpAddress'),
              groups: objects(about['Groups']).map((group) => text(group, 'GroupId')),
              state,
            },
          ];
    }),
  );
}

function text(of: JsonObject, name: string): string {
  const value = of[name];
  return typeof value === 'string' ? value : '';
}
