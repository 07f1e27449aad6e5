import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { InputError } from '../../core/model/errors.ts';
import { urlAs, withClient } from './connections.ts';
import { codeOf } from './private-file.ts';

export const roles = ['jobzero_owner', 'jobzero_app', 'jobzero_dbos'] as const;
export type Role = (typeof roles)[number];

/**
 * Makes the three roles where they are missing, and returns how to connect as each.
 * Under a superuser's login (the embedded server) app and dbos get logins of their own, with passwords derived from
 * the superuser's: behind SET ROLE, a RESET ROLE would be a superuser again. Any other login is made a member of the
 * roles and takes them on by SET ROLE.
 */
export async function ensureRoles(client: pg.Client, url: string): Promise<{ readonly [role in Role]: string }> {
  const { rows } = await client.query<{ rolsuper: boolean; rolcreaterole: boolean; me: string }>(
    'select rolsuper, rolcreaterole, rolname as me from pg_roles where rolname = session_user',
  );
  const me = rows[0];
  if (me === undefined) throw new InputError('the login has no role', new URL(url).username);
  const secret = decodeURIComponent(new URL(url).password);
  const password = (role: Role) => (me.rolsuper ? createHmac('sha256', secret).update(`jobzero role ${role}`).digest('base64url') : null);
  for (const role of roles) await ensureRole(client, role, me);
  const urls = {
    jobzero_owner: urlAs(url, 'jobzero_owner', null),
    jobzero_app: urlAs(url, 'jobzero_app', password('jobzero_app')),
    jobzero_dbos: urlAs(url, 'jobzero_dbos', password('jobzero_dbos')),
  };
  if (me.rolsuper) {
    for (const role of ['jobzero_app', 'jobzero_dbos'] as const) {
      if (await canConnect(urls[role])) continue;
      await again(() => client.query(`alter role ${role} login password '${password(role)}'`));
    }
  }
  return urls;
}

async function ensureRole(client: pg.Client, role: Role, me: { rolsuper: boolean; rolcreaterole: boolean; me: string }): Promise<void> {
  const { rowCount } = await client.query('select 1 from pg_roles where rolname = $1', [role]);
  if (rowCount === 0) {
    if (!me.rolsuper && !me.rolcreaterole) {
      throw new InputError(`may not create roles; have an administrator run: create role ${role}; grant ${role} to ${me.me};`, me.me);
    }
    await client.query(`create role ${role} nosuperuser nobypassrls nocreatedb nocreaterole`).catch((error: unknown) => {
      if (!['42710', '23505'].includes(codeOf(error))) throw error;
    });
  }
  if (me.rolsuper) return;
  // Since PostgreSQL 16 who creates a role is its administrator, but may not take it on before it is granted.
  const { rows } = await client.query<{ member: boolean }>(
    `select pg_has_role(session_user, $1, case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) as member`,
    [role],
  );
  if (rows[0]?.member !== true) await again(() => client.query(`grant ${role} to ${client.escapeIdentifier(me.me)}`));
}

async function canConnect(url: string): Promise<boolean> {
  try {
    await withClient(url, (client) => client.query('select 1'));
    return true;
  } catch (error) {
    if (['28P01', '28000'].includes(codeOf(error))) return false;
    throw error;
  }
}

/**
 * Roles belong to the whole server, and the durable engine makes and grants its tables by itself: who opens at the same
 * time may meet ("tuple concurrently updated").
 */
export async function again<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt === 20 || codeOf(error) !== 'XX000') throw error;
      await sleep(20 * attempt);
    }
  }
}
