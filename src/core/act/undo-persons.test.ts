import { expect, test } from 'vitest';
import type { Finding, FindingState } from '../model/finding.ts';
import { undoPersons } from './undo-persons.ts';

test.each<readonly [Finding['kind'], Finding['severity'], FindingState, 1 | 2, 1 | 2]>([
  ['detection', 'Critical', 'open', 2, 2],
  ['detection', 'High', 'acknowledged', 2, 2],
  ['detection', 'High', 'resolved', 2, 1],
  ['detection', 'High', 'suppressed', 2, 1],
  ['detection', 'Critical', 'retracted', 2, 1],
  ['detection', 'Medium', 'open', 2, 1],
  ['compliance', 'Critical', 'open', 2, 1],
  ['detection', 'Critical', 'open', 1, 1],
])('undoing on a %s of severity %s that is %s, with at most %i: %i', (kind, severity, state, atMost, wanted) => {
  expect(undoPersons({ kind, severity }, state, atMost)).toBe(wanted);
});

test('an action whose finding is gone needs one', () => {
  expect(undoPersons(null, null, 2)).toBe(1);
});
