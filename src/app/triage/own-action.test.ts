import { describe, expect, test } from 'vitest';
import { findingUnderTest } from '../../core/lib/finding-under-test.ts';
import type { Evidence } from '../../core/model/finding.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { ownActionOf } from './own-action.ts';

const account = '111122223333';
const id = 'a'.repeat(32);
const own = ['arn:*:iam::*:role/*obzero*'];
const trail = `arn:aws:cloudtrail:us-east-1:${account}:trail/main`;
const call = { action: 'cloudtrail:StartLogging', input: {} };

function evidence(change: { role?: string; session?: string; operation?: string; account?: string }): Evidence {
  const role = change.role ?? 'JobzeroUndoer';
  const at = change.account ?? account;
  return {
    key: 'k',
    id: 'e',
    time: 0,
    rule: 'r',
    operation: change.operation ?? 'StopLogging',
    service: 'cloudtrail.amazonaws.com',
    account: at,
    region: 'us-east-1',
    actor: {
      type: 'AssumedRole',
      uid: `arn:aws:sts::${at}:assumed-role/${role}/${change.session ?? id}`,
      name: role,
      issuer: `arn:aws:iam::${at}:role/${role}`,
    },
  };
}

async function storeWithAction() {
  const store = memoryStore();
  await store.within('default', async (tx) => {
    const target = { account, region: 'us-east-1', uid: trail, params: {} };
    await tx.actions.plan({
      id,
      tenant: 'default',
      finding: 'f',
      revision: 'r',
      playbook: 'p',
      playbookVersion: 1,
      target,
      state: 'planned',
      by: 'automation',
      plannedAt: 0,
      finishedAt: null,
      reason: '',
    });
    const undo = [{ action: 'cloudtrail:StopLogging', input: {} }];
    await tx.actions.receipt(
      {
        format: 'jobzero.receipt/1',
        action: id,
        step: 0,
        name: 's',
        call,
        before: null,
        output: null,
        left: null,
        verified: true,
        undo,
        read: call,
        alreadySo: false,
      },
      0,
    );
  });
  return store;
}

const of = (...list: readonly Evidence[]) => findingUnderTest({ account, evidence: list });

describe('what jobzero did itself is known by its receipts', () => {
  test.each<[string, readonly Evidence[], string | null]>([
    ['the call of an undo', [evidence({})], id],
    ['the call of a step', [evidence({ operation: 'StartLogging' })], id],
    ['a call that no receipt tells, under the same session name', [evidence({ operation: 'DeleteTrail' })], null],
    ['one of ours and one that is not', [evidence({}), evidence({ operation: 'DeleteTrail' })], null],
    ['the session name under another role', [evidence({ role: 'admin' })], null],
    ['our role under another session name', [evidence({ session: 'b'.repeat(32) })], null],
    ['our role in another account', [evidence({ account: '444455556666' })], null],
    ['no evidence', [], null],
  ])('%s', async (_, list, expected) => {
    const store = await storeWithAction();
    expect(await store.within('default', (tx) => ownActionOf(tx, of(...list), own))).toBe(expected);
  });
});
