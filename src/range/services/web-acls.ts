import { hashOf } from '../../core/lib/hash.ts';
import type { JsonObject } from '../../core/model/json.ts';
import { fault, type OperationTable, objects, optionalText, text } from '../operation.ts';
import { gets, type Kind, makes, sets, settings, without } from '../settings.ts';

const acl: Kind = {
  service: 'wafv2',
  kind: 'web-acl',
  id: (context) => optionalText(context, 'Id'),
  arn: ({ account, region, input }, id) => `arn:aws:wafv2:${region}:${account.id}:regional/webacl/${String(input['Name'] ?? '*')}/${id}`,
  missing: 'WAFNonexistentItemException',
};

/** Each change gives another token: who writes with an older one has not seen what is there. */
const tokenOf = (item: JsonObject) => hashOf(without(item, 'resources')).slice(0, 36);
const shown = (item: JsonObject): JsonObject => without(item, 'resources');
/** What the rules cost, as far as the range knows: each two units. */
const Capacity = (rules: readonly JsonObject[]) => rules.length * 2;

/** Web ACLs of a Region, and the load balancers that they stand before: https://docs.aws.amazon.com/waf/latest/APIReference/API_Operations_AWS_WAFV2.html */
export const webAcls: OperationTable = settings(acl, {
  CreateWebACL: makes(
    ({ input }, id) => ({
      ...without(input, 'Scope'),
      Id: id,
      Rules: objects(input['Rules']),
      Capacity: Capacity(objects(input['Rules'])),
      resources: [],
    }),
    (item) => ({ Summary: { Id: item['Id'] ?? '', Name: item['Name'] ?? '', LockToken: tokenOf(item) } }),
    ({ dice }) => dice.id('', 16).toLowerCase(),
  ),
  GetWebACL: gets((item) => ({ WebACL: shown(item), LockToken: tokenOf(item) })),
  UpdateWebACL: sets(
    (item, context) => {
      if (text(context, 'LockToken') !== tokenOf(item))
        throw fault(context, 'WAFOptimisticLockException', 'It was changed since it was read.');
      const { Scope: _, LockToken: __, ...input } = context.input;
      const Rules = objects(input['Rules']);
      return { ...input, Rules, Capacity: Capacity(Rules), resources: item['resources'] ?? [] };
    },
    (item) => ({ NextLockToken: tokenOf(item) }),
  ),
  AssociateWebACL: {
    reads: false,
    needs: false,
    on: ({ input }) => [String(input['ResourceArn'])],
    run: (items, _, context) => {
      const id = text(context, 'WebACLArn').split('/').at(-1) ?? '';
      const item = items.get(id);
      if (item === null) throw fault(context, items.missing, 'There is no such web ACL.');
      items.set(id, { ...item, resources: [...listOf(item), text(context, 'ResourceArn')] });
      return {};
    },
  },
  GetWebACLForResource: {
    reads: true,
    needs: false,
    on: ({ input }) => [String(input['ResourceArn'])],
    run: (items, _, context) => {
      const item = items.all().find((one) => listOf(one).includes(text(context, 'ResourceArn')));
      return item === undefined ? {} : { WebACL: shown(item) };
    },
  },
});

function listOf(item: JsonObject): readonly string[] {
  const resources = item['resources'];
  return Array.isArray(resources) ? resources.map(String) : [];
}
