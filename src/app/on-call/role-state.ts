import { textAt } from '../../core/lib/json-at.ts';
import type { CloudError } from '../../core/model/errors.ts';
import type { Json } from '../../core/model/json.ts';
import type { CloudRole } from '../../core/ports/cloud.ts';
import type { Tx } from '../../core/ports/store.ts';

/** How one of our roles does in an account, as the last examination saw it: the item of kind `role` with the id `ACCOUNT/ROLE`. */
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
export async function noteRole(tx: Tx, account: string, role: CloudRole, error: CloudError | null, at: number): Promise<void> {
  const state = error === null ? 'working' : error.kind === 'denied' ? 'denied' : 'unknown';
  const code = error?.code ?? '';
  const before = await roleState(tx, account, role);
  if (before?.state === state && before.code === code) return;
  const item = { kind, id: `${account}/${role}`, state, dueAt: null, at, doc: { code } satisfies Json };
  if (!(await tx.items.add(item))) await tx.items.move(item, states);
}
