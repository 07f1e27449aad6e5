import { startAuthentication, startRegistration } from '@simplewebauthn/browser';
import {
  startRegistration as askForRegistration,
  finishPasskeySignIn,
  finishRegistration,
  finishStepUp,
  type Problem,
  startPasskeySignIn,
  startStepUp,
} from '../api/generated/client.ts';
import { ApiError, type StepUp } from '../api/request.ts';

type CreationOptions = Parameters<typeof startRegistration>[0]['optionsJSON'];
type RequestOptions = Parameters<typeof startAuthentication>[0]['optionsJSON'];

/** Has a passkey of the person confirm one thing. Throws ApiError where the server, the browser or the person refuses. */
export async function confirmByPasskey(wanted: StepUp): Promise<void> {
  // The server named it.
  const what = wanted as NonNullable<Problem['stepUp']>;
  const { options } = await startStepUp(what);
  await finishStepUp({ ...what, response: await signed(options) });
}

export async function signInByPasskey(): Promise<void> {
  const { options } = await startPasskeySignIn({});
  await finishPasskeySignIn({ response: await signed(options) });
}

export async function registerPasskey(name: string): Promise<void> {
  const { options } = await askForRegistration({});
  const response = await inWords(() => startRegistration({ optionsJSON: options as unknown as CreationOptions }));
  await finishRegistration({ name, response: { ...response } });
}

async function signed(options: { readonly [key: string]: unknown }) {
  return { ...(await inWords(() => startAuthentication({ optionsJSON: options as unknown as RequestOptions }))) };
}

/** What browsers say of refusals are codes for programs: https://www.w3.org/TR/webauthn-3/#sctn-op-make-cred */
async function inWords<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    throw new ApiError(
      0,
      'passkey',
      name === 'InvalidStateError'
        ? 'This passkey is registered already.'
        : name === 'NotAllowedError' || name === 'AbortError'
          ? 'Nothing was confirmed: the passkey did not sign, or it took too long.'
          : 'This browser has no passkeys here.',
    );
  }
}
