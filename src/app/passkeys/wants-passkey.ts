import type { Tx } from '../../core/ports/store.ts';
import { toleranceOf } from '../tolerance-of.ts';
import { passkeysOf } from './passkey.ts';

/** Does what is grave want a passkey of this person: a `signature` of theirs, or first a `registration`, as tolerance requires one and there is none? */
export async function wantsPasskey(tx: Tx, who: string): Promise<'no' | 'signature' | 'registration'> {
  if ((await passkeysOf(tx, who)).length > 0) return 'signature';
  return (await toleranceOf(tx)).stepUp === 'required' ? 'registration' : 'no';
}
