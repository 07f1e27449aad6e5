import { expect, test } from 'vitest';
import type { About } from '../../core/model/decide-context.ts';
import { aboutRows } from './about-rows.ts';

const bare: About = { tags: {}, owner: null, standing: [] };
const says = (about: About | null) => Object.fromEntries(aboutRows(about).map((row) => [row.name, row.says]));

test('the rows are always the same, and what nobody found out is unknown: also of contexts of before', () => {
  expect(new Set(Object.values(says(null)))).toEqual(new Set(['unknown']));
  expect(says(bare)).toEqual(says(null));
  const nothing = { level: 0, facts: [], n: 0, unknown: ['a policy'] } as const;
  expect(says({ ...bare, reach: nothing, exposed: { ...nothing, unknown: [] } })).toMatchObject({ reaches: 'unknown', exposed: 'no' });
});

test('where nobody is named, what could not be asked is named', () => {
  const [owner] = aboutRows({ ...bare, ownerUnknown: ["the account's security contact: account:GetAlternateContact is missing"] });
  expect(owner).toMatchObject({ says: 'unknown', unknown: [expect.stringContaining('account:GetAlternateContact')] });
});

test('what is known says from where, and how much more there is', () => {
  const about: About = {
    ...bare,
    owner: { name: 'payments', from: 'tag team' },
    deployer: { who: 'arn:x', by: 'pipeline', with: 'GitHub Actions', operation: 'PutBucketPolicy', at: 0, from: 'history' },
    reach: { level: 3, facts: [{ says: 'It administers.', from: 'snapshot' }], n: 4, unknown: [] },
  };
  const [owner, made, changed, reaches] = aboutRows(about);
  expect([owner, made?.says]).toMatchObject([{ says: 'payments', facts: [{ from: 'tag team' }] }, 'unknown']);
  expect(changed?.says).toBe('arn:x (a pipeline: GitHub Actions), PutBucketPolicy at 1970-01-01T00:00:00Z');
  expect(reaches).toMatchObject({ says: 'administration', level: 3, more: 3, facts: [{ from: 'snapshot' }] });
});
