import { describe, expect, test } from 'vitest';
import { openRange } from '../../../range/open-range.ts';
import { CloudError } from '../../model/errors.ts';
import type { Cloud, CloudCall } from '../../ports/cloud.ts';
import { readAccount } from './read-account.ts';
import { limitTo, readingOf } from './reading.ts';

const management = '111122223333';
const production = '444455556666';
const neglected = '777788889999';
const contact = 'account:GetAlternateContact';

/** What the inventory knows of an account, and the calls that it took; `change` answers some of them otherwise. */
async function accountOf(account: string, change: (call: CloudCall) => unknown = () => undefined, self: string | null = null) {
  const range = openRange({ seed: 'contacts', start: Date.UTC(2026, 0, 1), now: () => Date.UTC(2026, 0, 1) });
  const state = range.state.accounts[production];
  if (state !== undefined) state.tags = { owner: 'payments', unit: 'shop' };
  const calls: string[] = [];
  const cloud: Cloud = {
    ...range.cloud,
    self: async () => self,
    call: async (call) => {
      if (call.action === contact)
        calls.push(`${call.account} ${String(call.input['AccountId'] ?? '-')} ${String(call.input['AlternateContactType'])}`);
      const other = change(call);
      if (other instanceof Error) throw other;
      return other === undefined ? range.cloud.call(call) : (other as never);
    },
  };
  const [resource] = await readAccount.read(readingOf(cloud, account, 'aws', 'aws-global', ['us-east-1'], limitTo(4)));
  return { resource, calls };
}

const denied = (action: string) => new CloudError('denied', 'AccessDeniedException', action, 'not allowed');
const security = { name: 'Security team', email: 'security@example.com' };

describe('whom AWS writes to about an account', () => {
  test('of a member the management account is asked, by name and address only', async () => {
    const { resource, calls } = await accountOf(production);
    expect(resource?.props).toMatchObject({
      securityContact: security,
      operationsContact: null,
      accountEmail: 'aws-production@example.com',
    });
    expect(JSON.stringify(resource)).not.toContain('555 0100');
    expect(resource?.tags).toEqual({ owner: 'payments', unit: 'shop' });
    expect(calls.sort()).toEqual([`${management} ${production} OPERATIONS`, `${management} ${production} SECURITY`]);
  });

  test('the management account asks for itself, without naming itself', async () => {
    const { resource, calls } = await accountOf(management);
    expect(resource?.props).toMatchObject({ securityContact: security, accountEmail: 'aws-management@example.com' });
    expect(calls.sort()).toEqual([`${management} - OPERATIONS`, `${management} - SECURITY`]);
  });

  test('where the organisation may not say, a delegated administrator and then the account itself is asked', async () => {
    const { resource, calls } = await accountOf(
      production,
      ({ action, input }) => (action === contact && input['AccountId'] !== undefined ? denied(action) : undefined),
      `arn:aws:sts::${neglected}:assumed-role/jobzero/x`,
    );
    expect(resource?.props['securityContact']).toEqual(security);
    expect(calls.filter((call) => call.endsWith('SECURITY'))).toEqual([
      `${management} ${production} SECURITY`,
      `${neglected} ${production} SECURITY`,
      `${production} - SECURITY`,
    ]);
  });

  test('nobody was named: that is an answer, and the account itself is not asked again', async () => {
    const { resource, calls } = await accountOf(neglected);
    expect(resource?.props).toMatchObject({ securityContact: null, operationsContact: null });
    expect(calls).toHaveLength(2);
  });

  test('what nobody may say is unread with its permission, and the rest of the account is read', async () => {
    const { resource } = await accountOf(production, ({ action }) =>
      /^(account|organizations):/.test(action) ? denied(action) : undefined,
    );
    expect(resource?.unread).toEqual({
      securityContact: contact,
      operationsContact: contact,
      accountEmail: 'organizations:DescribeAccount',
      tags: 'organizations:ListTagsForResource',
    });
    expect(resource?.props).not.toHaveProperty('securityContact');
    expect(resource?.props).toHaveProperty('rootHasMfa');
  });

  test('an account in no organisation has no address there', async () => {
    const alone = (action: string) => new CloudError('not-found', 'AWSOrganizationsNotInUseException', action, 'not a member');
    const { resource } = await accountOf(production, ({ action }) => (action.startsWith('organizations:') ? alone(action) : undefined));
    expect(resource?.props).toMatchObject({ securityContact: security, accountEmail: null });
    expect(resource?.unread).toEqual({});
  });
});
