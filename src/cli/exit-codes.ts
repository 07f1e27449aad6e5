/** What the exit code says. One table for all commands; the reference page is made of it. */
export const exitCodes = {
  ok: { code: 0, means: 'Done, and the answer is good.' },
  no: {
    code: 1,
    means:
      'Done, and the answer is bad: findings of the severity of --fail-on or above, a ledger that does not verify, a decision that replays differently, an approval that came too late, a jobzero that is not well.',
  },
  usage: {
    code: 2,
    means: 'The command line or the input is wrong: an unknown option, a file that is not there, an id that does not exist.',
  },
  partial: { code: 3, means: 'Done, but with --strict: something could not be read, a rule was refused, or a permission was missing.' },
  unavailable: { code: 69, means: 'AWS or the database refused the call or could not be reached.' },
  internal: { code: 70, means: 'A fault in jobzero itself; --debug prints where.' },
  environment: { code: 78, means: 'This machine cannot run it: an old Node, or a platform that is not supported.' },
  interrupted: { code: 130, means: 'Interrupted by Ctrl-C.' },
} as const satisfies { readonly [name: string]: { readonly code: number; readonly means: string } };

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]['code'];
