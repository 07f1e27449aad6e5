import type { Member } from '../../core/ports/cloud.ts';
import { fault, iso, type Operation, type OperationContext, type OperationTable } from '../operation.ts';

/** `organizations:` operations, for the management account; the others are refused by their policies. */
export const organizations: OperationTable = {
  'organizations:DescribeOrganization': read('DescribeOrganization', ({ state }) => {
    const { id, management } = state.organisation;
    return {
      Organization: {
        Id: id,
        Arn: `arn:aws:organizations::${management}:organization/${id}`,
        FeatureSet: 'ALL',
        MasterAccountId: management,
        MasterAccountArn: `arn:aws:organizations::${management}:account/${id}/${management}`,
        MasterAccountEmail: state.accounts[management]?.email ?? '',
      },
    };
  }),
  'organizations:ListAccounts': read('ListAccounts', (context) => {
    if (context.account.id !== context.state.organisation.management) {
      throw fault(context, 'AccessDeniedException', "You don't have permissions to access this resource.");
    }
    return { Accounts: Object.keys(context.state.accounts).map((id) => accountOutput(context, id)) };
  }),
};

function read(event: string, run: Operation['run']): Operation {
  return { source: 'organizations.amazonaws.com', event, readOnly: true, global: true, run };
}

function accountOutput({ state }: OperationContext, id: string) {
  const account = state.accounts[id];
  const { id: organisation, management } = state.organisation;
  const { invited, joinedAt } = memberOf(state, id);
  return {
    Id: id,
    Arn: `arn:aws:organizations::${management}:account/${organisation}/${id}`,
    Email: account?.email ?? '',
    Name: account?.name ?? '',
    Status: 'ACTIVE',
    JoinedMethod: invited ? 'INVITED' : 'CREATED',
    JoinedTimestamp: iso(joinedAt),
  };
}

/** How and when an account joined; the founding account counts as invited. */
export function memberOf(state: OperationContext['state'], id: string): Member & { readonly joinedAt: number } {
  const joinsAt = state.accounts[id]?.joinsAt;
  const invited = id === state.organisation.management || joinsAt !== undefined;
  return { id, active: true, invited, joinedAt: joinsAt ?? state.start - 1000 * 86_400_000 };
}
