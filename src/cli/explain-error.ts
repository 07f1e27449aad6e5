import { CloudError, InputError, InvariantError } from '../core/model/errors.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { ClosedOutput } from './io.ts';
import { printable } from './printable.ts';

/** One sentence that says what is wrong and where, and the exit code. A null sentence means: end quietly. */
export function explainError(error: unknown): { readonly sentence: string | null; readonly code: ExitCode } {
  if (error instanceof ClosedOutput) return { sentence: null, code: exitCodes.ok.code };
  if (error instanceof InputError) return { sentence: printable(error.message), code: exitCodes.usage.code };
  if (error instanceof CloudError) {
    if (error.code === 'NoCredentials') {
      return {
        sentence: 'there are no AWS credentials: give --profile NAME, or set AWS_PROFILE or AWS_ACCESS_KEY_ID',
        code: exitCodes.unavailable.code,
      };
    }
    const verb = error.kind === 'denied' ? 'refused' : error.kind === 'throttled' ? 'slowed down' : 'failed';
    const message = error.message.startsWith(`${error.action}: `) ? error.message.slice(error.action.length + 2) : error.message;
    return { sentence: printable(`AWS ${verb} ${error.action} (${error.code}): ${message}`), code: exitCodes.unavailable.code };
  }
  if (error instanceof InvariantError)
    return { sentence: printable(`something that cannot be has happened: ${error.message}`), code: exitCodes.internal.code };
  const system = systemError(error);
  if (system !== null) return system;
  const message = error instanceof Error ? error.message : String(error);
  return { sentence: printable(`internal error: ${message === '' ? 'no message' : message}`), code: exitCodes.internal.code };
}

const files: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['EACCES', 'it may not be read or written by this user'],
  ['EPERM', 'it may not be read or written by this user'],
  ['EISDIR', 'it is a folder, not a file'],
  ['ENOTDIR', 'a part of its path is not a folder'],
  ['ENOSPC', 'the disk is full'],
  ['EMFILE', 'too many files are open (ulimit -n)'],
]);

const networks: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'ETIMEDOUT', 'EHOSTUNREACH']);

/** The operating system's own errors, which Node throws with a code and often a path. */
function systemError(error: unknown): { readonly sentence: string; readonly code: ExitCode } | null {
  if (!(error instanceof Error)) return null;
  const { code, path, address, port } = error as NodeJS.ErrnoException & { readonly address?: string; readonly port?: number };
  if (code === undefined) return null;
  const about = files.get(code);
  if (about !== undefined) return { sentence: printable(path === undefined ? about : `${path}: ${about}`), code: exitCodes.usage.code };
  if (!networks.has(code)) return null;
  const place = address === undefined ? '' : ` ${address}${port === undefined ? '' : `:${port}`}`;
  return { sentence: printable(`cannot reach${place === '' ? ' what it needs' : place} (${code})`), code: exitCodes.unavailable.code };
}
