import type { Confirmed } from '../app/passkeys/step-up.ts';

/** An answer other than success. `error` is a stable code, `message` a sentence for people; neither tells of our inside. */
export class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: 400 | 401 | 403 | 404 | 409 | 413 | 415 | 421;
  readonly error: string;
  /** What a passkey has to sign before it is tried again. */
  readonly stepUp: Confirmed | undefined;

  constructor(status: HttpError['status'], error: string, message: string, stepUp?: Confirmed) {
    super(message);
    this.status = status;
    this.error = error;
    this.stepUp = stepUp;
  }
}
