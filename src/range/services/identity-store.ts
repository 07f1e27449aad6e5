import { hashOf } from '../../core/lib/hash.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { fault, isObject, type OperationContext, type OperationTable, text } from '../operation.ts';
import { type Kind, removes, settings } from '../settings.ts';

type Context = OperationContext;

const membership: Kind = {
  service: 'identitystore',
  kind: 'membership',
  id: (context) => (typeof context.input['MembershipId'] === 'string' ? context.input['MembershipId'] : null),
  arn: (_, id) => `arn:aws:identitystore:::membership/${id}`,
  missing: 'ResourceNotFoundException',
};

const storeArn = ({ account, input }: Context) => `arn:aws:identitystore::${account.id}:identitystore/${String(input['IdentityStoreId'])}`;
const personOf = ({ input }: Context) => (isObject(input['MemberId']) ? String(input['MemberId']['UserId']) : '');

const isOf = (input: JsonObject) => (item: JsonObject) => JSON.stringify(item['MemberId']) === JSON.stringify(input['MemberId']);

/** Who is in which group: https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_Operations.html */
export const identityStore: OperationTable = settings(membership, {
  CreateGroupMembership: {
    reads: false,
    needs: false,
    run: (items, _, context) => {
      const { input, now } = context;
      const isMember = items.all().some((item) => isOf(input)(item) && item['GroupId'] === input['GroupId']);
      if (isMember) throw fault(context, 'ConflictException', 'The person is in the group already.');
      // Another one each time, as AWS has it.
      const MembershipId = uuid(hashOf([input, now]));
      items.set(MembershipId, { ...input, MembershipId });
      return { MembershipId, IdentityStoreId: input['IdentityStoreId'] ?? '' };
    },
    on: (context) => [
      storeArn(context),
      `arn:aws:identitystore:::group/${String(context.input['GroupId'])}`,
      `arn:aws:identitystore:::user/${personOf(context)}`,
    ],
  },
  DeleteGroupMembership: { ...removes(), on: (context) => [storeArn(context), membership.arn(context, text(context, 'MembershipId'))] },
  ListGroupMembershipsForMember: {
    reads: true,
    needs: false,
    on: (context) => [storeArn(context), `arn:aws:identitystore:::user/${personOf(context)}`],
    run: (items, _, { input }) => ({ GroupMemberships: items.all().filter(isOf(input)) }),
  },
});

function uuid(hash: string): string {
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
}
