/** The few errors that are thrown because nobody expected them. What is expected is a value. */

/** Input from outside (a file, a setting, an argument) is wrong; `place` says where. */
export class InputError extends Error {
  override readonly name = 'InputError';
  readonly place: string;

  constructor(message: string, place: string, options?: ErrorOptions) {
    super(place === '' ? message : `${place}: ${message}`, options);
    this.place = place;
  }
}

export type CloudErrorKind = 'denied' | 'throttled' | 'not-found' | 'conflict' | 'invalid' | 'quota' | 'unavailable' | 'unsupported';

/** AWS, or what stands for it, refused or failed a call. `code` is AWS's own error code. */
export class CloudError extends Error {
  override readonly name = 'CloudError';
  readonly kind: CloudErrorKind;
  readonly code: string;
  /** The IAM action that was called: `iam:ListAccessKeys`. */
  readonly action: string;

  constructor(kind: CloudErrorKind, code: string, action: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
    this.code = code;
    this.action = action;
  }
}

/** Something that our own invariants exclude has happened: a bug, or a stored row that somebody changed. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}
