import { expect, test } from 'vitest';
import { InputError } from '../../core/model/errors.ts';
import { isConflict, isUnreachable } from './transient.ts';

const coded = (code: string, message = '') => Object.assign(new Error(message), { code });

test.each([
  [coded('40001'), true, false],
  [coded('40P01'), true, false],
  [coded('25P02'), true, false],
  [new InputError('wrapped', 'x', { cause: coded('40001') }), true, false],
  [coded('ECONNREFUSED'), false, true],
  [coded('57P01'), false, true],
  [coded('08006'), false, true],
  [new AggregateError([coded('ECONNREFUSED')]), false, true],
  [new Error('Connection terminated unexpectedly'), false, true],
  [new InputError('wrapped', 'x', { cause: new Error('a', { cause: coded('ECONNRESET') }) }), false, true],
  [coded('23505'), false, false],
  [coded('28P01'), false, false],
  [new Error('anything else'), false, false],
  [undefined, false, false],
  ['40001', false, false],
])('%o: conflict %s, unreachable %s', (error, conflict, unreachable) => {
  expect([isConflict(error), isUnreachable(error)]).toEqual([conflict, unreachable]);
});
