import { parseBlock } from '../../core/lib/cidr.ts';
import type { Dice } from '../dice.ts';
import { nthAddress } from '../network/nth-address.ts';

/** The nth of several texts, from the beginning again after the last, with its labels filled. */
export function nthText(
  texts: string | readonly string[],
  n: number,
  label: { readonly letters: string; readonly length: readonly [number, number] },
  dice: Dice,
): string {
  const text = typeof texts === 'string' ? texts : (texts[n % texts.length] ?? '');
  if (!text.includes('%LABEL%')) return text;
  const letters = [...label.letters];
  return text.replaceAll('%LABEL%', () =>
    Array.from({ length: between(label.length, dice) }, () => letters[dice.int(letters.length)]).join(''),
  );
}

/** The address that asks for the nth time: of a block the next one when one has asked `perPeer` times. */
export function nthPeer({ peer, perPeer }: { readonly peer: string; readonly perPeer: number }, n: number): string {
  const block = parseBlock(peer);
  return block?.address.family === 4 ? nthAddress(block, Math.floor(n / perPeer)) : peer;
}

export function between([least, most]: readonly [number, number], dice: Dice): number {
  return least + dice.int(Math.max(1, most - least + 1));
}
