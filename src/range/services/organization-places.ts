import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationContext, type OperationTable, objects, text } from '../operation.ts';
import { gets, sets, settings } from '../settings.ts';
import type { RangeState } from '../state.ts';

type Context = OperationContext;

const parents = 'organizations/parent/global';

/** The root, whose types of policies are on or off. Disabling one detaches all of its policies. */
const root = settings(
  {
    service: 'organizations',
    kind: 'root',
    id: ({ state }) => rootId(state),
    arn: ({ state }, id) => placeArn(state, id),
    missing: 'RootNotFoundException',
    global: true,
    initial: (_, id) => ({ Id: id, PolicyTypes: [{ Type: 'SERVICE_CONTROL_POLICY', Status: 'ENABLED' }] }),
  },
  {
    ListRoots: { ...gets((item) => ({ Roots: [item] })), on: () => ['*'] },
    EnablePolicyType: sets(
      (item, context) => withType(item, text(context, 'PolicyType'), true),
      (item) => ({ Root: item }),
    ),
    DisablePolicyType: sets(
      (item, context) => {
        const { made = {} } = context.state.organisation;
        for (const [id, policy] of Object.entries(made)) made[id] = { ...policy, accounts: [] };
        return withType(item, text(context, 'PolicyType'), false);
      },
      (item) => ({ Root: item }),
    ),
  },
);

function withType(item: JsonObject, type: string, on: boolean): JsonObject {
  const others = objects(item['PolicyTypes']).filter((one) => one['Type'] !== type);
  return { ...item, PolicyTypes: on ? [...others, { Type: type, Status: 'ENABLED' }] : others };
}

/** Where accounts stand: at the root, until somebody moves them. */
const places = settings(
  {
    service: 'organizations',
    kind: 'parent',
    id: ({ input }: Context) => String(input['AccountId'] ?? input['ChildId'] ?? '') || null,
    arn: ({ state }, id) => placeArn(state, id),
    missing: 'ChildNotFoundException',
    global: true,
    initial: ({ state }) => ({ Id: rootId(state), Type: 'ROOT' }),
  },
  {
    ListParents: { ...gets((item) => ({ Parents: [item] })), on: () => ['*'] },
    MoveAccount: {
      ...sets((item, context) => {
        if (item['Id'] !== text(context, 'SourceParentId'))
          throw fault(context, 'SourceParentNotFoundException', 'The account is not in that root or organizational unit.');
        const Id = text(context, 'DestinationParentId');
        return { Id, Type: Id.startsWith('r-') ? 'ROOT' : 'ORGANIZATIONAL_UNIT' };
      }),
      on: (context) => ['AccountId', 'SourceParentId', 'DestinationParentId'].map((name) => placeArn(context.state, text(context, name))),
    },
  },
);

/** Roots and units of the organisation: https://docs.aws.amazon.com/organizations/latest/APIReference/API_MoveAccount.html */
export const organizationPlaces: OperationTable = { ...root, ...places };

export function rootId(state: RangeState): string {
  return `r-${state.organisation.id.slice(2, 6)}`;
}

/** An account and what stands above it: what is attached there binds it. */
export function placesOf(state: RangeState, account: string): readonly string[] {
  const moved = state.accounts[state.organisation.management]?.settings?.[parents]?.[account]?.['Id'];
  return [account, rootId(state), ...(typeof moved === 'string' ? [moved] : [])];
}

/** The ARN of an account, a unit or the root. */
export function placeArn({ organisation: { id: organisation, management } }: RangeState, id: string): string {
  const type = id.startsWith('r-') ? 'root' : id.startsWith('ou-') ? 'ou' : 'account';
  return `arn:aws:organizations::${management}:${type}/${organisation}/${id}`;
}
