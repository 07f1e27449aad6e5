/** Where the console is served, as browsers and authenticators know it: https://www.w3.org/TR/webauthn-3/#relying-party-identifier */
export interface Site {
  /** The host's name, never an address: `localhost`, `jobzero.example.com`. */
  readonly id: string;
  /** `http://localhost:7070` */
  readonly origin: string;
}
