import { expect, test } from 'vitest';
import { closeQuiet, type Quiet } from './close-quiet.ts';

const day = 86_400_000;
const watched: Quiet = {
  kind: 'detection',
  state: 'open',
  verdict: 'watch',
  contained: false,
  cutOff: false,
  pages: false,
  judged: false,
  asked: false,
  since: 0,
};

test.each<[string, Partial<Quiet>, number, string | null]>([
  ['watched long enough', {}, 7, 'Watched, and nothing followed for 7 days.'],
  ['a moment too early', { since: 1 }, 7, null],
  ['never', {}, 0, null],
  ['a setting stands until it is mended', { kind: 'compliance' }, 7, null],
  ['what woke somebody is over when they say so', { pages: true }, 7, null],
  ['what waits for an answer', { verdict: 'ask' }, 7, null],
  ['what was decided for another revision', { verdict: null }, 7, null],
  ['contained', { state: 'acknowledged', verdict: 'act', contained: true }, 7, 'Contained, and nothing followed for 7 days.'],
  ['acknowledged by a person alone', { state: 'acknowledged', verdict: 'ask' }, 7, null],
  [
    'part of an incident that was judged',
    { state: 'acknowledged', verdict: 'ask', judged: true },
    1,
    'A person has judged its incident, and nothing followed for 1 day.',
  ],
  ['contained, of an incident that pages', { state: 'acknowledged', contained: true, pages: true }, 7, null],
  ['cut off, of an incident that pages', { pages: true, cutOff: true }, 7, 'Contained, and nothing followed for 7 days.'],
  ['cut off, and somebody is asked still', { verdict: 'ask', asked: true, pages: true, cutOff: true }, 7, null],
  ['judged, and somebody is asked again', { verdict: 'ask', asked: true, judged: true }, 7, null],
  [
    'cut off by who was asked',
    { state: 'acknowledged', verdict: 'ask', pages: true, cutOff: true },
    7,
    'Contained, and nothing followed for 7 days.',
  ],
  ['asked, and judged', { verdict: 'ask', judged: true }, 7, 'A person has judged its incident, and nothing followed for 7 days.'],
  ['over already', { state: 'resolved' }, 7, null],
])('%s', (_, change, afterDays, reason) => {
  expect(closeQuiet({ ...watched, ...change }, 7 * day, afterDays)).toBe(reason);
});
