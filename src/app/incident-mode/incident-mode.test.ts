import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { foldEvents } from '../../core/decide/incident-mode/apply-event.ts';
import { canonicalJson } from '../../core/lib/canonical-json.ts';
import { sha256 } from '../../core/lib/hash.ts';
import { memoryStore } from '../../core/ports/store.memory.ts';
import type { Store } from '../../core/ports/store.ts';
import { openStore } from '../../edge/postgres/open-store.ts';
import { type TestDatabase, testDatabase } from '../../edge/postgres/testing.ts';
import { sealPerson, sealValue } from '../ledger/seals.ts';
import { eventsOf, isDeclared, listDeclared } from './declared.ts';
import { hour, type IncidentWorld, incidentWorld, minute, noon } from './incident-mode-under-test.ts';

let database: TestDatabase;
let stored: Store;
beforeAll(async () => {
  database = await testDatabase();
  stored = await openStore({ url: database.url });
});
afterAll(async () => {
  await stored?.close();
  await database?.close();
});

describe.each([
  ['in memory', () => memoryStore() as Store],
  ['in PostgreSQL', () => stored],
])('%s', (_, storeOf) => {
  let w: IncidentWorld;
  beforeEach(async () => {
    w = await incidentWorld(storeOf());
  });
  const stateOf = async () => (await w.within((tx) => listDeclared(tx))).map(({ state }) => state);

  test('what many say at once is there, and of two who claim one task one has it', async () => {
    const id = await w.declared('alice');
    await w.command(id, 'alice', { do: 'add-task', text: 'Look', draft: null, path: null });
    const people = Array.from({ length: 8 }, (_, i) => `p${i}`);
    const said = await Promise.all(people.map((by) => w.command(id, by, { do: 'say', text: `I am ${by}` })));
    const claimed = await Promise.all(people.map((by) => w.command(id, by, { do: 'claim', task: 't1' })));
    expect(said.map(({ outcome }) => outcome)).toEqual(people.map(() => 'done'));
    expect(claimed.filter(({ outcome }) => outcome === 'done')).toHaveLength(1);
    const events = await w.within((tx) => eventsOf(tx, id));
    expect(events.map(({ n }) => n)).toEqual(events.map((_, i) => i + 1));
    expect(events.flatMap((event) => (event.type === 'said' ? [event.text] : [])).sort()).toEqual(people.map((by) => `I am ${by}`));
    expect(canonicalJson(foldEvents(id, events))).toBe(canonicalJson(await w.is(id)));
  });

  test('the same is declared once, by however many at once', async () => {
    await w.found('i', [w.findingOf('f')]);
    const people = ['alice', 'bob', 'carol', 'dora'];
    const declared = await Promise.all(people.map((by) => w.declare(by, { incident: 'i' })));
    expect(declared.map(({ outcome }) => outcome).sort()).toEqual(['covered', 'covered', 'covered', 'done']);
    expect(await stateOf()).toEqual(['open']);
    expect(await w.declare('alice', { incident: 'no' })).toEqual({ outcome: 'unknown' });
    await w.declared('alice');
    expect(await w.declare('alice')).toMatchObject({ outcome: 'covered' });
  });

  test('a Critical incident is proposed when it has called somebody, until it is over', async () => {
    await w.found('i', [w.findingOf('f', 'Critical')]);
    await w.found('h', [w.findingOf('g')], { severity: 'High' });
    await w.run();
    await w.run();
    expect(await w.within((tx) => listDeclared(tx))).toMatchObject([
      { state: 'proposed', title: 'Incident i', incidents: ['i'], commander: null },
    ]);
    expect(await w.within(isDeclared)).toBe(false);
    await w.finding('f', 'resolved');
    await w.run();
    expect(await stateOf()).toEqual(['lapsed']);
  });

  test('what is proposed is declared by a person, and not proposed anew when that is closed or dismissed', async () => {
    await w.found('i', [w.findingOf('f', 'Critical')]);
    await w.run();
    const id = await w.declared('bob', { incident: 'i', title: '' });
    expect(await w.is(id)).toMatchObject({ state: 'open', title: 'Incident i', commander: 'bob' });
    expect(await w.within(isDeclared)).toBe(true);
    await w.found('j', [w.findingOf('k', 'Critical')]);
    await w.run();
    const [other] = await w.within((tx) => listDeclared(tx, ['proposed']));
    expect(await w.command(other?.id ?? '', 'bob', { do: 'dismiss', note: 'a test of ours' })).toMatchObject({ outcome: 'done' });
    await w.run();
    expect((await stateOf()).sort()).toEqual(['dismissed', 'open']);
  });

  test('of incidents that became one, one is proposed', async () => {
    const [f, g] = [w.findingOf('f', 'Critical'), w.findingOf('g', 'Critical')];
    await w.found('a', [f]);
    await w.found('b', [g]);
    await w.run();
    expect(await stateOf()).toEqual(['proposed', 'proposed']);
    await w.within((tx) => tx.incidents.forward('b', 'a', w.now()));
    await w.found('a', [f, g]);
    await w.run();
    expect((await stateOf()).sort()).toEqual(['lapsed', 'proposed']);
  });

  test('while one is declared the load of questions is counted apart, and not any more when it is closed', async () => {
    const id = await w.declared('alice');
    const ask = async (names: readonly string[]) => {
      for (const name of names) {
        await w.within((tx) => tx.findings.put(w.findingOf(`f${name}`), w.now()));
        await w.judgement(name, `f${name}`);
        await w.run();
      }
      const puts = await w.within((tx) => tx.items.list({ kind: 'judgement-put', limit: 100 }));
      return puts.map(({ id: put, state, doc }) => [put, state, (doc as { apart: boolean }).apart]);
    };
    expect(await ask(['q1', 'q2', 'q3'])).toEqual(['q1', 'q2', 'q3'].map((name) => [name, 'engineer', true]));
    for (const one of ['o1', 'o2', 'o3']) await w.command(id, 'alice', { do: 'reach', objective: one, note: '' });
    await w.command(id, 'alice', { do: 'contain', note: '' });
    const { version } = await w.is(id);
    expect(await w.command(id, 'alice', { do: 'close', note: 'over', of: version })).toMatchObject({ outcome: 'done' });
    expect(await w.within(isDeclared)).toBe(false);
    w.at(noon + minute);
    expect((await ask(['q4', 'q5', 'q6'])).slice(3)).toEqual([
      ['q4', 'engineer', false],
      ['q5', 'engineer', false],
      ['q6', 'backup', false],
    ]);
  });

  test('it is not closed while a grave finding of it is open', async () => {
    await w.found('i', [w.findingOf('f'), w.findingOf('g', 'Low')]);
    const id = await w.declared('alice', { incident: 'i' });
    for (const one of ['o1', 'o2', 'o3']) await w.command(id, 'alice', { do: 'reach', objective: one, note: '' });
    await w.command(id, 'alice', { do: 'contain', note: '' });
    const close = async () => w.command(id, 'alice', { do: 'close', note: 'over', of: (await w.is(id)).version });
    expect(await close()).toMatchObject({ outcome: 'refused', refusal: { says: 'One finding of High or above is open.' } });
    await w.finding('f', 'acknowledged');
    expect(await close()).toMatchObject({ outcome: 'done' });
    // The same may blow up again.
    const again = await w.declared('bob', { incident: 'i' });
    expect(again).not.toBe(id);
  });

  test('what is told goes out by the channels named, once, and is written down', async () => {
    const id = await w.declared('alice');
    const told = await w.command(id, 'alice', {
      do: 'tell',
      audience: 'Example AG',
      text: 'We are looking into it.',
      means: 'mail',
      addresses: [{ channel: 'mail', to: 'security@example.com' }],
    });
    w.at(noon + minute);
    await w.command(id, 'bob', { do: 'learn', text: 'Rotate keys\nEach month.', addresses: [{ channel: 'tickets', to: 'SEC' }] });
    expect(await w.sent()).toMatchObject([
      {
        kind: 'note',
        where: 'mail:security@example.com',
        title: 'To Example AG: It burns',
        text: 'We are looking into it.',
        path: `/declared/${id}`,
      },
      { kind: 'ticket', where: 'tickets:SEC', title: 'Lesson of "It burns": Rotate keys' },
    ]);
    expect(told).toMatchObject({ outcome: 'done', event: { type: 'told', audience: 'Example AG' } });
    expect(await w.command(id, 'alice', { do: 'say', text: 'x'.repeat(4_001) })).toMatchObject({ outcome: 'refused' });
  });
});

test('each event is a leaf with the hash of a stored document, and nothing of it in the clear', async () => {
  const store = memoryStore();
  const w = await incidentWorld(store);
  const id = await w.declared('alice', { title: 'Secret title' });
  await w.command(id, 'bob', { do: 'say', text: 'Secret words' });
  w.at(noon + hour);
  await w.command(id, 'alice', { do: 'hand-over', to: 'carol', note: 'Secret reasons' });
  const leaves = store.entries(w.tenant).filter(({ type }) => type === 'incident');
  const events = await w.within((tx) => eventsOf(tx, id));
  expect(leaves.map(({ data }) => data['event'])).toEqual(['declared', 'said', 'handed-over']);
  expect(JSON.stringify(leaves)).not.toMatch(/Secret|alice|bob|carol/);
  for (const [i, { data, at, subject }] of leaves.entries()) {
    const event = events[i];
    expect([subject, at, data['n'], data['bySeal']]).toEqual([
      id,
      event?.at,
      i + 1,
      await w.within((tx) => sealPerson(tx, event?.by ?? '')),
    ]);
    const bytes = canonicalJson({ format: 'jobzero.incident-event/1', incident: id, ...event });
    expect(await w.within((tx) => tx.documents.get(sha256(bytes)))).toBe(bytes);
    expect(data['eventSeal']).toBe(await w.within((tx) => sealValue(tx, sha256(bytes))));
  }
});
