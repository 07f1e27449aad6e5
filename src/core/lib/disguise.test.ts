import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Disguise, disguise } from './disguise.ts';

const how: Disguise = {
  salt: 's',
  names: ['ci-deployer', 'dana@example.com', 'production-trail', 'ci'],
  shift: 86_400_000,
  keep: ['rule'],
  times: ['time'],
};
const story = {
  rule: { id: 'aws.iam.key-for-111122223333' },
  time: 1_000,
  message: 'ci-deployer (AKIAIOSFODNN7EXAMPLE, 111122223333) made i-0123456789abcdef0 from 198.51.100.7 at 2026-01-05T03:00:00Z',
  resources: [
    { uid: 'arn:aws:iam::111122223333:user/ci-deployer' },
    { uid: 'arn:aws:sts::111122223333:assumed-role/ops/dana@example.com' },
    { uid: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/production-trail', inside: ['10.0.3.4', '192.168.7.9'] },
  ],
  event: '8f14e45f-ceea-467f-a9d8-1b2c3d4e5f60',
  n: 3,
};

test('no id, name, address or time of the story is left, and its kind and shape are', () => {
  const other = disguise(story, how);
  const text = JSON.stringify({ ...other, rule: null });
  for (const gone of [
    'ci-deployer',
    'dana',
    'production-trail',
    'IOSFODNN7',
    '111122223333',
    '0123456789abcdef0',
    '198.51.100.7',
    '8f14e45f',
    '2026-01-05',
  ])
    expect([gone, text.includes(gone)]).toEqual([gone, false]);
  expect(other.rule).toEqual(story.rule);
  expect([other.time, other.n]).toEqual([86_401_000, 3]);
  expect(other.message).toMatch(
    /^[a-z]+-[a-z]+-\d\d \(AKIA[A-Z2-7]{16}, \d{12}\) made i-[0-9a-f]{17} from 198\.[\d.]+ at 2026-01-06T03:00:00Z$/,
  );
  expect(other.resources[1]?.uid).toMatch(/^arn:aws:sts::\d{12}:assumed-role\/ops\/[a-z]+\.[a-z]+\d+@example\.com$/);
  expect(other.resources[2]?.inside).toEqual([expect.stringMatching(/^10\./), expect.stringMatching(/^192\.168\./)]);
});

test('what was equal is equal afterwards, in ARNs and in sentences', () => {
  const other = disguise(story, how);
  const account = other.resources[0]?.uid.split(':')[4] ?? '';
  const name = other.resources[0]?.uid.split('/')[1] ?? '';
  expect(other.resources.every(({ uid }) => uid.split(':')[4] === account)).toBe(true);
  expect(other.message.startsWith(`${name} (`) && other.message.includes(account)).toBe(true);
});

test('the same salt gives the same disguise, another salt another', () => {
  expect(disguise(story, how)).toEqual(disguise(story, how));
  expect(disguise(story, { ...how, salt: 't' }).resources).not.toEqual(disguise(story, how).resources);
});

test('any JSON keeps its shape, and texts without identifiers stay', () => {
  const plain = fc.object({
    key: fc.constantFrom('a', 'b', 'c'),
    values: [fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom('word', '')],
  });
  fc.assert(
    fc.property(plain, (value) => {
      expect(disguise(value, how)).toEqual(value);
    }),
  );
});
