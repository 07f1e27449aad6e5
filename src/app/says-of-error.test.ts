import { expect, test } from 'vitest';
import { saysOfError } from './says-of-error.ts';

const chain = (...texts: readonly string[]): Error | undefined =>
  texts.reduceRight<Error | undefined>((cause, text) => new Error(text, { cause }), undefined);

test.each<[string, unknown, string]>([
  ['an error', new Error('no answer'), 'no answer'],
  ['with its cause', chain('the work ended', 'no answer'), 'the work ended: no answer'],
  ['a cause that is told already', chain('the work ended: no answer', 'no answer'), 'the work ended: no answer'],
  ['a cause that is no error', new Error('the work ended', { cause: 'a text' }), 'the work ended: a text'],
  ['what is no error', 'a text', 'a text'],
  ['causes without an end', chain(...'abcdefgh'), 'a: b: c: d'],
])('%s', (_, error, says) => {
  expect(saysOfError(error)).toBe(says);
});
