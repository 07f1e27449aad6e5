import type { SecretRef } from '../../core/model/channel.ts';
import type { Letter } from '../../core/ports/channel.ts';
import type { Cloud } from '../../core/ports/cloud.ts';

/** What channels need beside their settings. */
export interface ChannelDeps {
  /** The secret itself, read anew each time, so that it can be changed. Throws with a reason that holds no secret. */
  readonly secret: (ref: SecretRef) => Promise<string>;
  /** Where findings go to Security Hub. */
  readonly cloud: () => Promise<Cloud>;
}

/** An address that may be a secret. */
export function addressOf(deps: ChannelDeps, url: string | SecretRef): Promise<string> {
  return typeof url === 'string' ? Promise.resolve(url) : deps.secret(url);
}

/** A page or a question is better sent twice than not at all, where the other side cannot tell whether it has it. */
export function isUrgent({ notification: { kind } }: Letter): boolean {
  return kind === 'page' || kind === 'ask';
}

export const mayBeRepeated = 'This may have reached you before.';
