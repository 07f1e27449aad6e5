import { listAt, textAt } from '../../core/lib/json-at.ts';
import { storeId } from '../../core/lib/plans/identity-store.ts';
import { isInstance } from '../../core/lib/plans/permission-set.ts';
import type { Finding } from '../../core/model/finding.ts';
import type { Around } from '../../core/model/plan.ts';
import type { Cloud } from '../../core/ports/cloud.ts';
import { attempt } from '../cloud-attempt.ts';

type Stores = NonNullable<Around['identityStores']>;

/**
 * The instances of Identity Center whose stores the finding names: calls about people and groups name the store, and what is assigned to these is asked of
 * the instance. None where it could not be read.
 */
export async function identityStoresAround(cloud: Cloud, { account, evidence }: Finding): Promise<Stores> {
  const regions = evidence.flatMap((one) => (storeId.test(textAt(one.kept, 'identityStoreId') ?? '') ? [one.region] : []));
  const found: Stores[number][] = [];
  // There is one instance in an organisation.
  for (const region of [...new Set(regions)].slice(0, 2)) {
    const got = await attempt(cloud, { account, region, action: 'sso:ListInstances', input: {}, role: 'reader' });
    for (const instance of got.ok ? listAt(got.answer, 'Instances') : []) {
      const [instanceArn = '', identityStoreId = ''] = ['InstanceArn', 'IdentityStoreId'].map((name) => textAt(instance, name) ?? '');
      if (isInstance(instanceArn) && storeId.test(identityStoreId)) found.push({ identityStoreId, region, instanceArn });
    }
  }
  return found;
}
