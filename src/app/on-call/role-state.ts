import { textAt } from '../../core/lib/json-at.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Cloud, CloudRole } from '../../core/ports/cloud.ts';
import type { Store, Tx } from '../../core/ports/store.ts';

/** How one of our roles does in an account: the item of kind `role` with the id `ACCOUNT/ROLE`. */
export interface RoleState {
  /** `unknown`: it was not answered, which says nothing of the role. */
  readonly state: 'working' | 'denied' | 'unknown';
  /** AWS's code, or our own; empty while it works. */
  readonly code: string;
  /** When this state began, in milliseconds since 1970. */
  readonly at: number;
}

const kind = 'role';
const states = ['working', 'denied', 'unknown'] as const;

export async function roleState(tx: Tx, account: string, role: CloudRole): Promise<RoleState | null> {
  const item = await tx.items.get(kind, `${account}/${role}`);
  const state = states.find((known) => known === item?.state);
  return item === null || state === undefined ? null : { state, code: textAt(item.doc, 'code') ?? '', at: item.at };
}

/** Notes how a role does; `error` is null where it works. What is the same as before is not written. */
export async function noteRole(tx: Tx, account: string, role: CloudRole, error: unknown, at: number): Promise<void> {
  const denied = error instanceof CloudError && error.kind === 'denied';
  const state = error === null ? 'working' : denied ? 'denied' : 'unknown';
  const code = error === null ? '' : error instanceof CloudError ? error.code : 'Error';
  const before = await roleState(tx, account, role);
  if (before?.state === state && before.code === code) return;
  const item = { kind, id: `${account}/${role}`, state, dueAt: null, at, doc: { code } satisfies Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, states);
}

const action = 'sts:GetCallerIdentity';
/** What the look itself needs: AWS lets everybody ask who they are, and a session has to have a policy. */
const policy = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: action, Resource: '*' }] };

/**
 * Becomes the roles that change things, in each account where a playbook is armed, and asks who it is: a role that is gone is known before it is needed.
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function lookAtRoles(
  { store, tenant, clock, cloud }: { readonly store: Store; readonly tenant: string; readonly clock: Clock; readonly cloud: Cloud },
  accounts: readonly string[],
): Promise<void> {
  for (const account of accounts)
    for (const role of ['actor', 'undoer'] as const) {
      const session = { policy, name: 'jobzero-look' };
      const error = await cloud.call({ account, region: 'us-east-1', action, input: {}, role, session }).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      await store.within(tenant, (tx) => noteRole(tx, account, role, error, clock.now()));
    }
}
