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
  return {
    Id: id,
    Arn: `arn:aws:organizations::${management}:account/${organisation}/${id}`,
    Email: account?.email ?? '',
    Name: account?.name ?? '',
    Status: 'ACTIVE',
    JoinedMethod: id === management ? 'INVITED' : 'CREATED',
    JoinedTimestamp: iso(state.start - 1000 * 86_400_000),
  };
}
