import { actsWith, undoesWith } from '../../core/act/actions-of.ts';
import type { DoctorCheck } from '../../core/model/doctor.ts';
import type { CloudRole } from '../../core/ports/cloud.ts';
import { armedPlaces } from '../settings.ts';
import type { DoctorDeps } from './doctor-deps.ts';
import { askPermissions, keepPermissions, knownPermissions, lacksFor, type RolePermissions } from './role-permissions.ts';

/** So many roles in accounts are asked about in one examination, those of armed playbooks and the oldest first. */
const mostAsked = 6;
/** What was found to be well is asked again after so long, and what was not. */
const againAfterMs = 60 * 60_000;
const soonAfterMs = 2 * 60_000;
const mostNamed = 3;
const roles: readonly CloudRole[] = ['reader', 'actor', 'undoer'];

/**
 * May our roles do what they are for? Of the roles that act, by playbook: what lacks for an armed one is bad, and is bad for this playbook alone. What the
 * reader lacks is unknown elsewhere too, and shown there.
 */
export async function checkPermissions({
  store,
  tenant,
  cloud,
  clock,
  oneRole,
  playbooks,
  reads,
}: DoctorDeps): Promise<readonly DoctorCheck[]> {
  if (oneRole)
    return roles.map((role) => ({
      id: `permissions-${role}`,
      state: 'not-needed',
      says: 'One principal stands for all roles here.',
      fix: '',
    }));
  const now = clock.now();
  const accounts = (await cloud.accounts()).map(({ id }) => id).sort();
  const { before, isArmed } = await store.within(tenant, async (tx) => ({
    before: new Map((await knownPermissions(tx)).map((one) => [`${one.role}/${one.account}`, one])),
    isArmed: await armedPlaces(tx),
  }));
  const armedIn = new Map(accounts.map((account) => [account, playbooks.filter(({ id }) => isArmed(id, account))]));
  const needs = {
    reader: reads,
    actor: [...new Set(playbooks.flatMap(actsWith))].sort(),
    undoer: [...new Set(playbooks.flatMap(undoesWith))].sort(),
  };
  const due = accounts
    .flatMap((account) => roles.map((role) => ({ account, role, last: before.get(`${role}/${account}`) })))
    .filter(
      ({ last }) => last === undefined || now - last.at >= (last.unsaid === null && last.lacking.length === 0 ? againAfterMs : soonAfterMs),
    )
    .sort((a, b) => (a.last?.at ?? 0) - (b.last?.at ?? 0) || (armedIn.get(b.account)?.length ?? 0) - (armedIn.get(a.account)?.length ?? 0));
  for (const { account, role } of due.slice(0, mostAsked)) {
    const known = await askPermissions(cloud, role, account, needs[role]);
    await store.within(tenant, (tx) => keepPermissions(tx, known, now));
    before.set(`${role}/${account}`, { ...known, at: now });
  }
  const known = [...before.values()].filter(({ account }) => armedIn.has(account)).sort((a, b) => (a.account < b.account ? -1 : 1));
  return roles.map((role) => {
    const of = known.filter((one) => one.role === role);
    return role === 'reader' ? readerCheck(of, accounts.length) : actingCheck(role, of, accounts.length, playbooks, armedIn);
  });
}

function readerCheck(known: readonly RolePermissions[], accounts: number): DoctorCheck {
  const id = 'permissions-reader';
  const lacking = known.filter((one) => one.lacking.length > 0);
  if (lacking.length === 0) return wellOf(id, 'reader', known, accounts);
  return {
    id,
    state: 'warning',
    says: `The reader may not ${some(lacking[0]?.lacking ?? [])} in ${placesOf(lacking)}: what that would tell is unknown.`,
    fix: 'Give it the policy of docs/reference/read-only-role.json.',
  };
}

function actingCheck(
  role: CloudRole,
  known: readonly RolePermissions[],
  accounts: number,
  playbooks: DoctorDeps['playbooks'],
  armedIn: ReadonlyMap<string, DoctorDeps['playbooks']>,
): DoctorCheck {
  const id = `permissions-${role}`;
  const fix = `Give the ${role} the policy of docs/reference/${role}-role.json; a playbook is not armed where its roles lack something.`;
  const lacks = (of: (account: string) => DoctorDeps['playbooks']) =>
    known.flatMap((one) =>
      of(one.account).flatMap((playbook) => {
        const missing = lacksFor(playbook, one);
        return missing.length === 0 ? [] : [`${playbook.id} in account ${one.account} (${some(missing)})`];
      }),
    );
  const armed = lacks((account) => armedIn.get(account) ?? []);
  if (armed.length > 0)
    return { id, state: 'bad', for: 'playbooks', says: `The ${role} lacks what armed playbooks need: ${some(armed, '; ')}.`, fix };
  const idle = lacks(() => playbooks);
  if (idle.length > 0)
    return { id, state: 'warning', says: `The ${role} lacks what playbooks that are not armed need: ${some(idle, '; ')}.`, fix };
  return wellOf(id, role, known, accounts);
}

/** Nothing lacks in what was asked. Where nobody may say, that is no fault: each call tells, before it begins. */
function wellOf(id: string, role: CloudRole, known: readonly RolePermissions[], accounts: number): DoctorCheck {
  const unsaid = known.find((one) => one.unsaid !== null);
  if (unsaid !== undefined)
    return {
      id,
      state: 'warning',
      says: `What the ${role} may is not known in ${placesOf(known.filter((one) => one.unsaid !== null))}: ${unsaid.unsaid}.`,
      fix: 'The reader needs iam:GetRole and iam:SimulatePrincipalPolicy.',
    };
  return {
    id,
    state: 'good',
    says: `The ${role} may do all that it is for, in ${known.length} of ${accounts} ${accounts === 1 ? 'account' : 'accounts'} that were asked about so far.`,
    fix: '',
  };
}

function placesOf(known: readonly RolePermissions[]): string {
  return some(known.map(({ account }) => `account ${account}`));
}

function some(names: readonly string[], by = ', '): string {
  return names.length <= mostNamed ? names.join(by) : `${names.slice(0, mostNamed).join(by)} and ${names.length - mostNamed} more`;
}
