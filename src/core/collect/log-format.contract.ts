import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Event, SetAside } from '../model/event.ts';
import { eventsOfText, LogReader } from './log-reader.ts';

export interface ReadLog {
  readonly events: readonly Event[];
  readonly texts: readonly (string | null)[];
  readonly setAsides: readonly SetAside[];
}

/** Reads a log as it would be read from a stream, cut at these places. Words and keys are made, as a rule would. */
export function readLog(text: string | Uint8Array, cut: readonly number[] = [], object = 'x.log'): ReadLog {
  const bytes = Buffer.from(text);
  const events: Event[] = [];
  const texts: (string | null)[] = [];
  const setAsides: SetAside[] = [];
  const reader = new LogReader({
    object,
    onEvent: (event, own) => {
      expect(event.words.operation).toBeTypeOf('string');
      expect(event.key).not.toBe('');
      events.push(event);
      texts.push(own);
    },
    onSetAside: (setAside) => setAsides.push(setAside),
  });
  let from = 0;
  for (const to of [...cut.filter((n) => n < bytes.length), bytes.length].sort((x, y) => x - y)) {
    reader.push(bytes.subarray(from, to));
    from = to;
  }
  reader.end(null);
  return { events, texts, setAsides };
}

/**
 * What every format holds to, whatever bytes come: `lines` are three good records, one a line; `header` stands above
 * them where the format has one; `passesOver` says that a log has lines which are neither events nor broken, or which.
 */
export function holdsAgainstHostileBytes(
  lines: readonly [string, string, string],
  header = '',
  passesOver: boolean | ((line: string) => boolean) = false,
): void {
  const above = header === '' ? '' : `${header}\n`;
  const whole = `${above}${lines.join('\n')}\n`;
  const keys = (read: ReadLog) => read.events.map((event) => event.key);
  const good = keys(readLog(whole));

  test('three good records are three events, which their own texts give again', () => {
    const { events, texts, setAsides } = readLog(whole);
    expect(setAsides).toEqual([]);
    expect(new Set(good).size).toBe(3);
    texts.forEach((text, i) => {
      expect(eventsOfText(text ?? '', 'x.log').map(({ key, time, raw, words }) => ({ key, time, raw, words }))).toEqual(
        [events[i]].map((event) => ({ key: event?.key, time: event?.time, raw: event?.raw, words: event?.words })),
      );
    });
  });

  test('the cut of the stream changes nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: whole.length }), { maxLength: 20 }), (cut) => {
        expect(keys(readLog(whole, cut))).toEqual(good);
      }),
      { numRuns: 50 },
    );
  });

  test('a mutated record never crashes, is an event or set aside, and its neighbours survive', () => {
    const middle = Buffer.from(lines[1]);
    const isPassedOver = typeof passesOver === 'function' ? passesOver : () => passesOver;
    const mutation = fc.tuple(fc.integer({ min: 0, max: middle.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(mutation, { minLength: 1, maxLength: 6 }), (mutations) => {
        const line = Buffer.from(middle);
        for (const [at, byte] of mutations) line[at] = byte === 10 ? 32 : byte;
        const text = Buffer.concat([Buffer.from(`${above}${lines[0]}\n`), line, Buffer.from(`\n${lines[2]}\n`)]);
        const read = readLog(text);
        expect(keys(read)[0]).toBe(good[0]);
        expect(keys(read).at(-1)).toBe(good[2]);
        expect(read.events.length).toBeLessThanOrEqual(3);
        expect(read.events.length + read.setAsides.length).toBeGreaterThanOrEqual(isPassedOver(line.toString('latin1')) ? 2 : 3);
      }),
      { numRuns: 200 },
    );
  });

  test('a record cut anywhere never crashes, and its neighbours survive', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: lines[1].length - 1 }), (at) => {
        const read = readLog(`${above}${lines[0]}\n${lines[1].slice(0, at)}\n${lines[2]}\n`);
        expect(keys(read)[0]).toBe(good[0]);
        expect(keys(read).at(-1)).toBe(good[2]);
      }),
      { numRuns: 100 },
    );
  });

  test('any bytes at all, above and below', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 300 }), (before, after) => {
        readLog(Buffer.concat([before, Buffer.from(`\n${whole}`), after]));
        readLog(Buffer.concat([Buffer.from(whole), after]));
      }),
      { numRuns: 100 },
    );
  });
}
