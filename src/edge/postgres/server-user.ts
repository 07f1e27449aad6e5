import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { InputError } from '../../core/model/errors.ts';

/** Whom the server runs as; null: as ourselves, since we are not root. */
export type ServerUser = { readonly uid: number; readonly gid: number } | null;

/**
 * PostgreSQL refuses to run as root. For root this picks a user that cannot do much: the owner of an existing data
 * folder, else `jobzero`, else `postgres`, else a new system user `jobzero`, else `nobody`.
 */
export function serverUser(dataOwner: { readonly uid: number; readonly gid: number } | null): ServerUser {
  if (process.getuid?.() !== 0) return null;
  if (dataOwner !== null && dataOwner.uid !== 0) return dataOwner;
  const found = userNamed('jobzero') ?? userNamed('postgres');
  if (found !== null) return found;
  spawnSync('/usr/sbin/useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'jobzero'], {
    stdio: 'ignore',
  });
  const made = userNamed('jobzero') ?? userNamed('nobody');
  if (made === null) {
    throw new InputError('PostgreSQL cannot run as root, and there is no user jobzero, postgres or nobody to run it', '/etc/passwd');
  }
  return made;
}

function userNamed(name: string): { uid: number; gid: number } | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [user, , uid, gid] = line.split(':');
    if (user === name && Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

/**
 * Whether the server's user can read a file or enter a folder. Asked of the kernel as that user, so that access
 * lists and the modes of all folders above count too.
 */
export function canReach(user: ServerUser, path: string): boolean {
  const script = 'if [ -d "$1" ]; then test -r "$1" && test -x "$1"; else test -r "$1"; fi';
  const asUser = user === null ? {} : { uid: user.uid, gid: user.gid };
  return spawnSync('/bin/sh', ['-c', script, 'sh', path], { ...asUser, cwd: '/', stdio: 'ignore', env: {} }).status === 0;
}

/** Whether the server's user can pass through a folder to what lies below it. */
export function canPass(user: ServerUser, folder: string): boolean {
  const asUser = user === null ? {} : { uid: user.uid, gid: user.gid };
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...asUser, cwd: '/', stdio: 'ignore', env: {} }).status === 0;
}
