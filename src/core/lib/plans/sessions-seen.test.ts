import { expect, test } from 'vitest';
import type { Json } from '../../model/json.ts';
import { sessionsSeen } from './sessions-seen.ts';

const at = Date.UTC(2026, 0, 15, 9);
const survey = sessionsSeen('arn:aws:iam::111122223333:role/ops', 'eu-central-1', at);
const made = (name: string): Json => ({
  EventName: 'AssumeRole',
  CloudTrailEvent: JSON.stringify({
    responseElements: { assumedRoleUser: { arn: `arn:aws:sts::111122223333:assumed-role/ops/${name}` } },
  }),
});

test('asks for calls about the role in the last 12 hours', () => {
  expect(survey.read.input).toMatchObject({
    LookupAttributes: [{ AttributeKey: 'ResourceName', AttributeValue: 'arn:aws:iam::111122223333:role/ops' }],
    StartTime: '2026-01-14T21:00:00.000Z',
  });
});

test.each<readonly [string, Json, string]>([
  ['none', { Events: [] }, 'No session of it was made in eu-central-1 in the last 12 hours.'],
  ['nothing', null, 'No session of it was made in eu-central-1 in the last 12 hours.'],
  [
    'each once',
    { Events: [made('job-2'), made('job-1'), made('job-2')] },
    'Sessions made in eu-central-1 in the last 12 hours: job-1, job-2.',
  ],
  [
    'more pages',
    { Events: [made('job-1')], NextToken: 't' },
    'Sessions made in eu-central-1 in the last 12 hours: job-1, and more than one page tells.',
  ],
  ['a name that STS does not take', { Events: [made('a\nb <script>')] }, 'No session of it was made in eu-central-1 in the last 12 hours.'],
  [
    'other calls',
    { Events: [{ EventName: 'GetRole', CloudTrailEvent: '{}' }] },
    'No session of it was made in eu-central-1 in the last 12 hours.',
  ],
])('%s', (_, answer, said) => {
  expect(survey.says(answer)).toBe(said);
});

test('a dozen are named, and the others counted', () => {
  const Events = Array.from({ length: 20 }, (_, i) => made(`job-${i + 10}`));
  expect(survey.says({ Events })).toContain('job-21 and 8 more.');
});
