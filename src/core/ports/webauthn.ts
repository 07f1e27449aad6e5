import type { Json, JsonObject } from '../model/json.ts';
import type { Site } from '../model/site.ts';

/** What is kept of a passkey: nothing that signs. */
export interface PasskeyKey {
  /** Credential id, base64url. */
  readonly id: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** How often it has signed, as it says itself; 0 where it does not count. */
  readonly counter: number;
  readonly transports: readonly string[];
}

/** Why something signed is not taken. `not-verified`: nobody showed the authenticator that it is its owner, by a PIN, a finger or a face. */
export type PasskeyFault = 'malformed' | 'wrong-challenge' | 'wrong-origin' | 'not-verified' | 'bad-signature';

export type Registered =
  | { readonly outcome: 'verified'; readonly key: PasskeyKey }
  | { readonly outcome: 'refused'; readonly why: PasskeyFault };

export type Asserted =
  | { readonly outcome: 'verified'; readonly counter: number }
  | { readonly outcome: 'refused'; readonly why: PasskeyFault };

/** Passkeys as WebAuthn has them: what a browser is asked, and whether what comes back is right. Challenges are base64url. User verification is always wanted. */
export interface WebAuthn {
  /** What `navigator.credentials.create` is given. The person's handle in the authenticator is a hash of the name. */
  createOptions(site: Site, who: string, challenge: string, known: readonly PasskeyKey[]): Promise<JsonObject>;
  checkCreated(site: Site, challenge: string, response: Json): Promise<Registered>;
  /** What `navigator.credentials.get` is given; with no keys the browser offers those that it knows for this site. */
  requestOptions(site: Site, challenge: string, keys: readonly PasskeyKey[]): Promise<JsonObject>;
  /** A counter that went back is for the caller to see: here it is only read, after the signature was found right. */
  checkAsserted(site: Site, challenge: string, response: Json, key: PasskeyKey): Promise<Asserted>;
  /** The challenge that the response says it signed; null where it says none. Nothing is checked by this. */
  challengeIn(response: Json): string | null;
}
