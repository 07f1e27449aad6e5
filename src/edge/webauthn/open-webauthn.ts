import { hash } from 'node:crypto';
import type { AuthenticationResponseJSON, RegistrationResponseJSON } from '@simplewebauthn/server';
import { z } from 'zod';
import type { Json, JsonObject } from '../../core/model/json.ts';
import type { Site } from '../../core/model/site.ts';
import type { PasskeyFault, PasskeyKey, WebAuthn } from '../../core/ports/webauthn.ts';

/** EdDSA, ES256, RS256: https://www.iana.org/assignments/cose/cose.xhtml#algorithms. The same whatever the Node that runs knows beside them. */
const algorithms = [-8, -7, -257];
const timeoutMs = 5 * 60_000;

const text = z.string().min(1).max(8_192);
const base64Url = text.regex(/^[\w-]+$/);
const common = { id: base64Url, rawId: base64Url, type: z.literal('public-key') };
const created = z.looseObject({
  ...common,
  response: z.looseObject({
    clientDataJSON: base64Url,
    attestationObject: base64Url,
    transports: z.array(z.string().max(40)).max(10).optional(),
  }),
});
const asserted = z.looseObject({
  ...common,
  response: z.looseObject({ clientDataJSON: base64Url, authenticatorData: base64Url, signature: base64Url }),
});
const clientData = z.object({ challenge: z.string(), origin: z.string(), crossOrigin: z.boolean().optional() });
const answer = z.looseObject({ response: z.looseObject({ clientDataJSON: base64Url }) });

/** Passkeys by `@simplewebauthn/server`, which is loaded when the first is needed. No statement of the authenticator's maker is asked for. */
export function openWebAuthn(): WebAuthn {
  const load = () => import('@simplewebauthn/server');
  return {
    async createOptions({ id }, who, challenge, known) {
      const { generateRegistrationOptions } = await load();
      const options = await generateRegistrationOptions({
        rpName: 'jobzero',
        rpID: id,
        userName: who,
        userDisplayName: who,
        // Whoever finds the authenticator reads no more in it than the name that its owner sees.
        userID: new Uint8Array(hash('sha256', `jobzero/${who}`, 'buffer')),
        challenge: bytesOf(challenge),
        timeout: timeoutMs,
        attestationType: 'none',
        excludeCredentials: known.map(listed),
        authenticatorSelection: { residentKey: 'preferred', userVerification: 'required' },
        supportedAlgorithmIDs: algorithms,
      });
      return plain(options);
    },
    async checkCreated(site, challenge, response) {
      const parsed = created.safeParse(response);
      if (!parsed.success) return refused('malformed');
      const fault = faultIn(parsed.data.response.clientDataJSON, site, challenge);
      if (fault !== null) return refused(fault);
      const { verifyRegistrationResponse } = await load();
      try {
        const checked = await verifyRegistrationResponse({
          response: parsed.data as unknown as RegistrationResponseJSON,
          expectedChallenge: challenge,
          expectedOrigin: site.origin,
          expectedRPID: site.id,
          // Looked at below, where it has its own answer.
          requireUserVerification: false,
          supportedAlgorithmIDs: algorithms,
        });
        if (!checked.verified) return refused('bad-signature');
        const { credential, userVerified } = checked.registrationInfo;
        if (!userVerified) return refused('not-verified');
        const publicKey = Buffer.from(credential.publicKey).toString('base64url');
        const transports = parsed.data.response.transports ?? [];
        return { outcome: 'verified', key: { id: credential.id, publicKey, counter: credential.counter, transports } };
      } catch {
        return refused('bad-signature');
      }
    },
    async requestOptions({ id }, challenge, keys) {
      const { generateAuthenticationOptions } = await load();
      const options = await generateAuthenticationOptions({
        rpID: id,
        challenge: bytesOf(challenge),
        timeout: timeoutMs,
        userVerification: 'required',
        ...(keys.length === 0 ? {} : { allowCredentials: keys.map(listed) }),
      });
      return plain(options);
    },
    async checkAsserted(site, challenge, response, key) {
      const parsed = asserted.safeParse(response);
      if (!parsed.success || parsed.data.id !== key.id) return refused('malformed');
      const fault = faultIn(parsed.data.response.clientDataJSON, site, challenge);
      if (fault !== null) return refused(fault);
      const { verifyAuthenticationResponse } = await load();
      try {
        const { verified, authenticationInfo } = await verifyAuthenticationResponse({
          response: parsed.data as unknown as AuthenticationResponseJSON,
          expectedChallenge: challenge,
          expectedOrigin: site.origin,
          expectedRPID: site.id,
          requireUserVerification: false,
          // The counter counts only after the signature was found right: nobody else can make a passkey look like a copy.
          credential: { id: key.id, publicKey: bytesOf(key.publicKey), counter: 0 },
        });
        if (!verified) return refused('bad-signature');
        return authenticationInfo.userVerified ? { outcome: 'verified', counter: authenticationInfo.newCounter } : refused('not-verified');
      } catch {
        return refused('bad-signature');
      }
    },
    challengeIn(response) {
      const parsed = answer.safeParse(response);
      return parsed.success ? (clientDataIn(parsed.data.response.clientDataJSON)?.challenge ?? null) : null;
    },
  };
}

const refused = (why: PasskeyFault) => ({ outcome: 'refused', why }) as const;

/** What the browser says that it signed for; it covers this by the signature. */
function faultIn(encoded: string, site: Site, challenge: string): PasskeyFault | null {
  const data = clientDataIn(encoded);
  if (data === null) return 'malformed';
  if (data.origin !== site.origin || data.crossOrigin === true) return 'wrong-origin';
  return data.challenge === challenge ? null : 'wrong-challenge';
}

function clientDataIn(encoded: string): z.infer<typeof clientData> | null {
  try {
    return clientData.safeParse(JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))).data ?? null;
  } catch {
    return null;
  }
}

function listed({ id, transports }: PasskeyKey): { id: string; transports: string[] } {
  return { id, transports: [...transports] };
}

function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(base64, 'base64url'));
}

function plain(value: object): JsonObject {
  return JSON.parse(JSON.stringify(value)) as Record<string, Json>;
}
