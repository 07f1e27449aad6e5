import type { Context } from 'hono';
import { type Confirmed, stepUp } from '../app/passkeys/step-up.ts';
import type { Env } from './endpoint.ts';
import type { HttpDeps } from './http-deps.ts';
import { HttpError } from './http-error.ts';

/** Lets through what the person's passkey has confirmed, once. Throws HttpError `step-up` with what it is to sign; who has no passkey may go on unless tolerance requires one. */
export async function needStepUp(
  c: Context<Env>,
  deps: HttpDeps,
  action: Confirmed['action'],
  ...subject: readonly string[]
): Promise<void> {
  const what = { action, subject: subject.join('/') };
  switch (await stepUp(deps, c.var.session, what)) {
    case 'go-on':
      return;
    case 'confirm':
      throw new HttpError(403, 'step-up', 'Confirm this with your passkey.', what);
    case 'register':
      throw new HttpError(403, 'passkey-required', 'This wants a passkey, and you have none. Register one on the page Passkeys.');
  }
}
