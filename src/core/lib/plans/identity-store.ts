import type { Target } from '../../model/plan.ts';
import { partitionOf } from '../arn.ts';

/** Of a person or a group: https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_GroupMembership.html */
export const directoryId = /^([0-9a-f]{10}-)?[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$/;

export const storeId = /^(d-[0-9a-f]{10}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * What a call about one membership is permitted by: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentitystore.html
 * The store is that of the account that owns Identity Center, also where a delegated administrator calls; its id tells it from all others.
 */
export function memberArns({ uid, region, params }: Target): readonly string[] {
  const stem = `arn:${partitionOf(region)}:identitystore:`;
  return [
    `${stem}:*:identitystore/${String(params['identityStoreId'])}`,
    `${stem}::group/${String(params['groupId'])}`,
    `${stem}::membership/*`,
    uid,
  ];
}

/** The target of examples. */
export function exampleMember(): Target {
  const userId = '1a2b3c4d5e-6f708192-a3b4-c5d6-e7f8-091a2b3c4d5e';
  return {
    account: '111122223333',
    region: 'eu-central-1',
    uid: `arn:aws:identitystore:::user/${userId}`,
    params: {
      userId,
      groupId: '9a8b7c6d5e-4f302918-b7a6-5c4d-3e2f-1a0b9c8d7e6f',
      identityStoreId: 'd-1234567890',
      instanceArn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef',
    },
  };
}
