import { describe, expect, test } from 'vitest';
import { testFinding } from '../../app/notify/test-finding.ts';
import { toAsff } from '../../core/findings/export/asff.ts';
import { CloudError, type CloudErrorKind } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Cloud, CloudCall } from '../../core/ports/cloud.ts';
import { openChannel } from './open-channel.ts';
import { at, letter, page } from './receiver-under-test.ts';

const account = '111122223333';
const asff = toAsff(testFinding('default', account, at), 'open');

function hub(answer: () => Json) {
  const calls: CloudCall[] = [];
  const cloud: Cloud = {
    call: async (call) => {
      calls.push(call);
      return answer();
    },
    self: async () => null,
    accounts: async () => [],
    members: async () => [],
    regions: async () => [],
    close: async () => {},
  };
  const settings = { name: 'hub', to: '', fallback: [], kind: 'security-hub', findings: null } as const;
  return { calls, channel: openChannel(settings, { cloud: async () => cloud, secret: () => Promise.reject(new Error('no secret')) }) };
}

const imported = { FailedCount: 0, SuccessCount: 1, FailedFindings: [] };

test('a finding is imported into its own account and Region, by who may do that alone', async () => {
  const { calls, channel } = hub(() => imported);
  expect(await channel.send(letter({ kind: 'finding' }, { document: asff }))).toEqual({ outcome: 'accepted', ref: asff['Id'] });
  expect(calls).toEqual([
    {
      account,
      region: 'us-east-1',
      action: 'securityhub:BatchImportFindings',
      input: { Findings: [asff] },
      role: 'actor',
      session: {
        name: `notify-${page.id}`,
        policy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Action: 'securityhub:BatchImportFindings',
              Resource: `arn:aws:securityhub:us-east-1:${account}:product/${account}/default`,
            },
          ],
        },
      },
    },
  ]);
});

describe('what it answers', () => {
  const failing = (ErrorCode: string) => ({
    FailedCount: 1,
    SuccessCount: 0,
    FailedFindings: [{ Id: 'x', ErrorCode, ErrorMessage: 'why' }],
  });
  test.each([
    ['InvalidInput', { outcome: 'refused', reason: 'Security Hub: InvalidInput why' }],
    ['InternalError', { outcome: 'later' }],
  ])('%s for the finding', async (code, wanted) => {
    expect(await hub(() => failing(code)).channel.send(letter({}, { document: asff }))).toMatchObject(wanted);
  });

  test.each([
    ['throttled', { outcome: 'later', doubt: false }],
    ['unavailable', { outcome: 'later', doubt: true }],
    ['denied', { outcome: 'refused', reason: 'AWS: Code' }],
  ] as const satisfies readonly (readonly [CloudErrorKind, object])[])('a call that is %s', async (kind, wanted) => {
    const { channel } = hub(() => {
      throw new CloudError(kind, 'Code', 'securityhub:BatchImportFindings', 'text');
    });
    expect(await channel.send(letter({}, { document: asff }))).toMatchObject(wanted);
  });
});

test.each([[null], [{}], [{ ...asff, ProductArn: 'arn:aws:iam::111122223333:role/x' }], [{ ...asff, Note: 'x'.repeat(300_000) }]])(
  'what is no finding for it is not sent',
  async (document) => {
    const { calls, channel } = hub(() => imported);
    expect(await channel.send(letter({}, { document }))).toMatchObject({ outcome: 'refused' });
    expect(calls).toEqual([]);
  },
);
