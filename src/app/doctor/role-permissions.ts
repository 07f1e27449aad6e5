import { actsWith, undoesWith } from '../../core/act/actions-of.ts';
import { partitionOf } from '../../core/lib/arn.ts';
import { iamRegion } from '../../core/lib/inline-policy.ts';
import { listAt, textAt } from '../../core/lib/json-at.ts';
import type { Json } from '../../core/model/json.ts';
import type { Playbook } from '../../core/model/plan.ts';
import type { Cloud, CloudRole } from '../../core/ports/cloud.ts';
import type { Tx } from '../../core/ports/store.ts';
import { attempt } from '../cloud-attempt.ts';
import { refusedIn } from '../simulator-says.ts';
import { sessionOfDoctor, whoAmI } from './check-roles.ts';

/** What one of our roles may not do in one account, as IAM's policy simulator said last. Items of this kind have the id `ROLE/ACCOUNT`. */
export interface RolePermissions {
  readonly role: CloudRole;
  readonly account: string;
  /** Permissions that it lacks, sorted. */
  readonly lacking: readonly string[];
  /** Why the simulator did not answer for all; null where it did. */
  readonly unsaid: string | null;
}

export const rolePermissionsKind = 'role-permissions';
/** Actions in one question, and questions about one role in one account. */
const atOnce = 60;
const mostQuestions = 16;

/**
 * Asks which of these permissions a role lacks in an account: who it is, its ARN, and the policy simulator, about any resource. Who narrowed the role to some resources has
 * them named as lacking. Where the simulator will not take actions together it is asked about fewer at a time, and not for ever.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
 */
export async function askPermissions(cloud: Cloud, role: CloudRole, account: string, actions: readonly string[]): Promise<RolePermissions> {
  const region = iamRegion(partitionOf('us-east-1'));
  const reader = (action: string, input: { readonly [name: string]: Json }) =>
    attempt(cloud, { account, region, action, input, role: 'reader' });
  const unsaid = (why: string): RolePermissions => ({ role, account, lacking: [], unsaid: why });
  const who = await attempt(cloud, {
    account,
    region,
    action: whoAmI,
    input: {},
    role,
    ...(role === 'reader' ? {} : { session: sessionOfDoctor }),
  });
  if (!who.ok) return unsaid(who.message);
  const arn = textAt(who.answer, 'Arn') ?? '';
  const RoleName = /:assumed-role\/([^/]+)\//.exec(arn)?.[1];
  const found = RoleName === undefined ? null : await reader('iam:GetRole', { RoleName });
  if (found !== null && !found.ok) return unsaid(found.message);
  const PolicySourceArn = found === null ? arn : textAt(found.answer, 'Role', 'Arn');
  if (PolicySourceArn === null || !/:(role|user)\//.test(PolicySourceArn)) return unsaid('it is neither a role nor a user');

  const lacking = new Set<string>();
  const waiting: (readonly string[])[] = [];
  for (let at = 0; at < actions.length; at += atOnce) waiting.push(actions.slice(at, at + atOnce));
  let why: string | null = null;
  for (let asked = 0; waiting.length > 0; asked++) {
    const ActionNames = waiting.shift() ?? [];
    if (asked >= mostQuestions) {
      why = 'the simulator takes too few actions at once';
      break;
    }
    const told = await reader('iam:SimulatePrincipalPolicy', { PolicySourceArn, ActionNames });
    if (told.ok) for (const action of listAt(told.answer, 'EvaluationResults').flatMap(refusedIn)) lacking.add(action);
    else if (told.kind === 'invalid' && ActionNames.length > 1) {
      const half = Math.ceil(ActionNames.length / 2);
      waiting.push(ActionNames.slice(0, half), ActionNames.slice(half));
    } else why ??= told.message;
    // Who may not ask, may not ask again.
    if (!told.ok && told.kind === 'denied') break;
  }
  return { role, account, lacking: [...lacking].sort(), unsaid: why };
}

export async function keepPermissions(tx: Tx, known: RolePermissions, at: number): Promise<void> {
  const item = {
    kind: rolePermissionsKind,
    id: `${known.role}/${known.account}`,
    state: 'known',
    dueAt: null,
    at,
    doc: known as unknown as Json,
  };
  if (!(await tx.items.add(item))) await tx.items.move(item, ['known']);
}

/** What is known of roles, with when it was asked. */
export async function knownPermissions(tx: Tx): Promise<readonly (RolePermissions & { readonly at: number })[]> {
  const items = await tx.items.list({ kind: rolePermissionsKind, limit: 10_000 });
  return items.map(({ doc, at }) => ({ ...(doc as unknown as RolePermissions), at }));
}

/** Of what a role lacks, what this playbook needs. */
export function lacksFor(playbook: Playbook, { role, lacking }: RolePermissions): readonly string[] {
  const needed = new Set(role === 'actor' ? actsWith(playbook) : role === 'undoer' ? undoesWith(playbook) : []);
  return lacking.filter((permission) => needed.has(permission));
}

/** Why a playbook must not be armed in an account (`*`: in any) for what its roles lack; empty where they lack nothing that is known. */
export async function permissionsMissing(tx: Tx, playbook: Playbook | undefined, account: string): Promise<readonly string[]> {
  if (playbook === undefined) return [];
  const known = await knownPermissions(tx);
  return known
    .filter((one) => account === '*' || one.account === account)
    .flatMap((one) => {
      const lacks = lacksFor(playbook, one);
      return lacks.length === 0
        ? []
        : [`In account ${one.account} the role ${one.role} may not ${lacks.join(', ')}: permit it, then "jobzero doctor --now".`];
    })
    .slice(0, 5);
}
