import type { Channels, SecretRef } from '../../core/model/channel.ts';

/** What is needed to hear answers that come through channels. */
export interface Inbound {
  channels(): Promise<Channels>;
  /** Throws with a reason that holds no secret. */
  secret(ref: SecretRef): Promise<string>;
}
