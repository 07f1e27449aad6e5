/** An Ed25519 key that signs checkpoints. It may live outside of the host; the private part is never asked for. */
export interface Signer {
  /** The 32 raw bytes. */
  readonly publicKey: Uint8Array;
  /** The 64 bytes of the signature (RFC 8032, pure Ed25519). */
  sign(message: Uint8Array): Promise<Uint8Array>;
}
