import type { JsonObject } from '../../core/model/json.ts';
import { fault, iso, type OperationContext, text } from '../operation.ts';
import { arnIn, gets, type Kind, lists, makes, named, pick, sets, settings } from '../settings.ts';

const day = 86_400_000;
const metadata = [
  'KeyId',
  'Arn',
  'KeyState',
  'Enabled',
  'DeletionDate',
  'Description',
  'KeyManager',
  'Origin',
  'CreationDate',
  'AWSAccountId',
];

const key: Kind = {
  service: 'kms',
  kind: 'key',
  id: named('KeyId'),
  arn: arnIn('kms', (id) => `key/${id}`),
  missing: 'NotFoundException',
};

/** Keys: https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html says which state bears which call. */
export const kms = settings(key, {
  CreateKey: makes(
    (context, id) => ({
      KeyId: id,
      Arn: key.arn(context, id),
      AWSAccountId: context.account.id,
      CreationDate: iso(context.now),
      Description: '',
      KeyManager: 'CUSTOMER',
      Origin: 'AWS_KMS',
      KeyState: 'Enabled',
      Enabled: true,
      rotates: false,
      grants: [],
      policy: context.input['Policy'] ?? ownPolicy(context),
    }),
    (item) => ({ KeyMetadata: pick(item, ...metadata) }),
    (context) => context.dice.uuid(),
  ),
  DescribeKey: gets((item) => ({ KeyMetadata: pick(item, ...metadata) })),
  ListKeys: lists((items) => ({ Keys: items.map((item) => ({ KeyId: item['KeyId'] ?? '', KeyArn: item['Arn'] ?? '' })) })),
  EnableKey: sets((item, context) => ({ ...unlessPending(item, context), KeyState: 'Enabled', Enabled: true })),
  DisableKey: sets((item, context) => ({ ...unlessPending(item, context), KeyState: 'Disabled', Enabled: false })),
  ScheduleKeyDeletion: sets(
    (item, context) => {
      const days = context.input['PendingWindowInDays'] ?? 30;
      if (typeof days !== 'number' || days < 7 || days > 30)
        throw fault(context, 'ValidationException', 'PendingWindowInDays must be 7 to 30.');
      return { ...unlessPending(item, context), KeyState: 'PendingDeletion', Enabled: false, DeletionDate: iso(context.now + days * day) };
    },
    (item) => pick(item, 'KeyId', 'DeletionDate', 'KeyState'),
  ),
  CancelKeyDeletion: sets(({ DeletionDate: _date, ...item }, context) => {
    if (item['KeyState'] !== 'PendingDeletion') throw invalidState(context, item);
    return { ...item, KeyState: 'Disabled', Enabled: false };
  }),
  GetKeyRotationStatus: gets((item) => ({ KeyRotationEnabled: item['rotates'] ?? false })),
  EnableKeyRotation: sets((item, context) => ({ ...unlessPending(item, context), rotates: true })),
  DisableKeyRotation: sets((item, context) => ({ ...unlessPending(item, context), rotates: false })),
  GetKeyPolicy: gets((item) => ({ Policy: item['policy'] ?? '', PolicyName: 'default' })),
  PutKeyPolicy: sets((item, context) => ({ ...item, policy: text(context, 'Policy') })),
  CreateGrant: sets(
    (item, context) => ({
      ...item,
      grants: [...grantsOf(item), { ...context.input, GrantId: `${context.dice.uuid()}${context.dice.uuid()}`.replaceAll('-', '') }],
    }),
    (item) => ({
      GrantId: grantsOf(item).at(-1)?.['GrantId'] ?? '',
    }),
  ),
  ListGrants: gets((item) => ({ Grants: grantsOf(item) })),
  RevokeGrant: sets((item, context) => {
    const id = text(context, 'GrantId');
    if (!grantsOf(item).some((grant) => grant['GrantId'] === id)) throw fault(context, 'NotFoundException', `Grant ${id} does not exist.`);
    return { ...item, grants: grantsOf(item).filter((grant) => grant['GrantId'] !== id) };
  }),
});

function grantsOf(item: JsonObject): readonly JsonObject[] {
  return (item['grants'] ?? []) as readonly JsonObject[];
}

function unlessPending(item: JsonObject, context: OperationContext): JsonObject {
  if (item['KeyState'] === 'PendingDeletion') throw invalidState(context, item);
  return item;
}

function invalidState(context: OperationContext, item: JsonObject): Error {
  return fault(context, 'KMSInvalidStateException', `${String(item['Arn'])} is ${String(item['KeyState'])}.`);
}

function ownPolicy({ account }: OperationContext): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${account.id}:root` }, Action: 'kms:*', Resource: '*' }],
  });
}
