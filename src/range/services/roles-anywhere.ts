import type { OperationTable } from '../operation.ts';
import { arnIn, gets, makes, named, sets, settings } from '../settings.ts';

/** Trust anchors and profiles, which are on or off: https://docs.aws.amazon.com/rolesanywhere/latest/APIReference/API_Operations.html */
export const rolesAnywhere: OperationTable = {
  ...switchable('TrustAnchor', 'trustAnchor', 'trust-anchor'),
  ...switchable('Profile', 'profile', 'profile'),
};

function switchable(kind: string, member: string, resource: string): OperationTable {
  const arn = arnIn('rolesanywhere', (id) => `${resource}/${id}`);
  return settings(
    { service: 'rolesanywhere', kind: resource, id: named(`${member}Id`), arn, missing: 'ResourceNotFoundException' },
    {
      [`Create${kind}`]: makes(
        (context, id) => ({
          [`${member}Id`]: id,
          [`${member}Arn`]: arn(context, id),
          name: context.input['name'] ?? '',
          enabled: context.input['enabled'] ?? false,
        }),
        (item) => ({ [member]: item }),
        ({ dice }) => dice.uuid(),
      ),
      [`Get${kind}`]: gets((item) => ({ [member]: item })),
      [`Enable${kind}`]: sets(
        (item) => ({ ...item, enabled: true }),
        (item) => ({ [member]: item }),
      ),
      [`Disable${kind}`]: sets(
        (item) => ({ ...item, enabled: false }),
        (item) => ({ [member]: item }),
      ),
    },
  );
}
