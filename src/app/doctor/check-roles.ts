import type { DoctorCheck } from '../../core/model/doctor.ts';
import { CloudError } from '../../core/model/errors.ts';
import type { Cloud, CloudRole } from '../../core/ports/cloud.ts';
import { noteRole } from '../on-call/role-state.ts';
import type { DoctorDeps } from './doctor-deps.ts';

/** So many accounts are asked in one examination; of more, each time others. */
const mostAccounts = 50;
const mostNamed = 3;
const roles: readonly CloudRole[] = ['reader', 'actor', 'undoer'];
/** Asking who one is needs no permission: https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const whoAmI = 'sts:GetCallerIdentity';
export const sessionOfDoctor = {
  name: 'jobzero-doctor',
  policy: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: whoAmI, Resource: '*' }] },
};

/** Can each of our roles be taken in each account, and are they three different principals? */
export async function checkRoles({ store, tenant, cloud, clock, oneRole }: DoctorDeps): Promise<readonly DoctorCheck[]> {
  const accounts = (await cloud.accounts()).map(({ id }) => id).sort();
  const first = accounts.length <= mostAccounts ? 0 : Math.floor(clock.now() / 60_000) % accounts.length;
  const asked = [...accounts.slice(first), ...accounts.slice(0, first)].slice(0, mostAccounts);
  const seen = await Promise.all(roles.map((role) => Promise.all(asked.map((account) => identityOf(cloud, account, role)))));
  await store.within(tenant, async (tx) => {
    for (const [i, role] of roles.entries())
      for (const [n, account] of asked.entries()) {
        const one = seen[i]?.[n];
        if (one !== undefined) await noteRole(tx, account, role, one.ok ? null : one.error, clock.now());
      }
  });
  const found = roles.map((role, i) => checkOf(role, asked, seen[i] ?? []));
  if (oneRole) return [...found, { id: 'roles-apart', state: 'not-needed', says: 'One principal stands for all roles here.', fix: '' }];
  const same = asked.filter((_, i) => {
    const names = seen.flatMap((each) => (each[i]?.ok === true ? [each[i].name] : []));
    return new Set(names).size !== names.length;
  });
  return [
    ...found,
    same.length === 0
      ? { id: 'roles-apart', state: 'good', says: 'Who reads, who acts and who takes back are different principals.', fix: '' }
      : {
          id: 'roles-apart',
          state: 'bad',
          says: `In ${named(same)} one principal has several of the roles.`,
          fix: 'Name different roles in JOBZERO_READER_ROLE, JOBZERO_ACTOR_ROLE and JOBZERO_UNDOER_ROLE.',
        },
  ];
}

type Seen = { readonly ok: true; readonly name: string } | { readonly ok: false; readonly says: string; readonly error: CloudError };

async function identityOf(cloud: Cloud, account: string, role: CloudRole): Promise<Seen> {
  try {
    const answer = await cloud.call({
      account,
      region: 'us-east-1',
      action: whoAmI,
      input: {},
      role,
      ...(role === 'reader' ? {} : { session: sessionOfDoctor }),
    });
    const arn = String((answer as { readonly Arn?: unknown })?.Arn ?? '');
    // arn:aws:sts::111122223333:assumed-role/NAME/session
    return { ok: true, name: arn.includes(':assumed-role/') ? (arn.split('/')[1] ?? arn) : arn };
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    return { ok: false, says: error.message, error };
  }
}

function checkOf(role: CloudRole, accounts: readonly string[], seen: readonly Seen[]): DoctorCheck {
  const failed = accounts.filter((_, i) => seen[i]?.ok !== true);
  const id = `role-${role}`;
  if (accounts.length === 0)
    return { id, state: 'bad', says: 'No account can be looked into.', fix: 'Give credentials that may read an account.' };
  if (failed.length === 0)
    return {
      id,
      state: 'good',
      says: `The ${role} can be taken in ${accounts.length === 1 ? 'the account' : `${accounts.length} accounts`}.`,
      fix: '',
    };
  const why = seen.find((one) => one?.ok === false);
  return {
    id,
    state: 'bad',
    says: `The ${role} cannot be taken in ${named(failed)}${why?.ok === false ? `: ${why.says}` : ''}.`,
    fix: `Make the role of docs/reference there, and name it in JOBZERO_${role.toUpperCase()}_ROLE.`,
  };
}

function named(accounts: readonly string[]): string {
  const some = accounts.slice(0, mostNamed).join(', ');
  return accounts.length <= mostNamed ? `account ${some}` : `${accounts.length} accounts (${some} and more)`;
}
