import type { Finding } from '../../core/model/finding.ts';
import type { Around } from '../../core/model/plan.ts';
import type { Tx } from '../../core/ports/store.ts';
import { accountOf } from './about-finding.ts';

type Trails = NonNullable<Around['trails']>;

/** Trails that the finding says were deleted, as the last snapshot of the account that has them knows them: the last one, or the one before it. */
export async function trailsAround(tx: Tx, { account, evidence }: Finding): Promise<Trails> {
  const deleted = evidence.flatMap(({ operation, resource, error }) =>
    operation === 'DeleteTrail' && error === undefined && resource !== undefined ? [resource.uid] : [],
  );
  const found: Trails[number][] = [];
  for (const uid of new Set(deleted))
    for (const which of ['document', 'before'] as const) {
      const trail = (await accountOf(tx, account, which))?.byUid.get(uid);
      if (trail?.type !== 'AWS::CloudTrail::Trail') continue;
      found.push({ uid, props: trail.props });
      break;
    }
  return found;
}
