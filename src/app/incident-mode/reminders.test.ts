import { beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from '../../core/ports/store.memory.ts';
import { acknowledgePage } from '../on-call/acknowledge-page.ts';
import { pageIdOf } from '../on-call/page-item.ts';
import { readQueue } from '../on-call/read-queue.ts';
import { hour, type IncidentWorld, incidentWorld, minute, noon } from './incident-mode-under-test.ts';
import { pressingClocks } from './pressing-clocks.ts';

const night = Date.UTC(2026, 0, 6, 23);

describe('of a declared incident', () => {
  let w: IncidentWorld;
  let store: ReturnType<typeof memoryStore>;
  beforeEach(async () => {
    store = memoryStore();
    w = await incidentWorld(store);
  });
  /** What was queued since it was asked last: `kind where title`. */
  const seen = new Set<string>();
  const news = async () => {
    const all = await w.sent();
    const fresh = all.filter(({ id }) => !seen.has(id));
    for (const { id } of fresh) seen.add(id);
    return fresh.map(({ kind, where, title }) => `${kind} ${where} ${title}`).sort();
  };
  const start = async (by: string, id: string, obligation: string, moments: Record<string, number>) =>
    expect(await w.command(id, by, { do: 'start-clocks', obligation: w.obligation(obligation), moments })).toMatchObject({
      outcome: 'done',
    });

  test('everyone hears that it is declared and closed, the commander of commanding, each once', async () => {
    w.at(night);
    const id = await w.declared('alice', { commander: 'bob' });
    await w.run();
    await w.run();
    expect(await news()).toEqual([
      'note chat:U1 An incident is declared: It burns',
      'note chat:U2 An incident is declared: It burns',
      'note mail:carol@example.com An incident is declared: It burns',
      'page chat:U2 You command: It burns',
    ]);
    w.at(night + minute);
    await w.command(id, 'carol', { do: 'join' });
    await w.command(id, 'carol', { do: 'hand-over', to: 'carol', note: 'bob is away' });
    await w.run();
    expect(await news()).toEqual(['note chat:U1 carol commands: It burns', 'note chat:U2 carol commands: It burns']);
    w.at(night + 2 * hour);
    await w.run();
    expect(await news()).toEqual([]);
  });

  test('who keeps a clock is told when a third of it is left, all in it near its end, and the one on call too', async () => {
    const id = await w.declared('alice');
    await w.command(id, 'bob', { do: 'join' });
    await start('alice', id, 'eu.nis2', { aware: noon });
    await w.command(id, 'alice', { do: 'keep', clock: 'eu.nis2/early-warning', keeper: 'carol' });
    await w.run();
    await news();
    w.at(noon + 16 * hour - 1);
    await w.run();
    expect(await news()).toEqual([]);
    const title = 'A clock ends at 2026-01-07 11:00Z: NIS2, significant incident, Early warning';
    w.at(noon + 16 * hour);
    await w.run();
    await w.run();
    expect(await news()).toEqual([`note mail:carol@example.com ${title}`]);
    w.at(noon + 22 * hour);
    await w.run();
    await w.run();
    // The one on call as a page that somebody has to take, outside of quiet hours.
    expect(await news()).toEqual([
      `page chat:U1 ${title}`,
      `page chat:U1 ${title}`,
      `page chat:U2 ${title}`,
      `page mail:carol@example.com ${title}`,
    ]);
    const [clock] = await w.within((tx) => pressingClocks(tx, w.now()));
    expect((await readQueue(w.deps)).map(({ title: what }) => what)).toEqual([title]);
    expect(await acknowledgePage(w.deps, pageIdOf(w.tenant, { kind: 'clock', id: clock?.id ?? '' }), 'alice', 'console')).toMatchObject({
      outcome: 'acknowledged',
    });
    w.at(noon + 23 * hour);
    await w.run();
    expect(await news()).toEqual([]);
    // Taken is not met: when it has ended, that is another page.
    w.at(noon + 24 * hour);
    await w.run();
    const over = 'A clock has ended: NIS2, significant incident, Early warning';
    expect(await news()).toEqual([
      `page chat:U1 ${over}`,
      `page chat:U1 ${over}`,
      `page chat:U2 ${over}`,
      `page mail:carol@example.com ${over}`,
    ]);
    w.at(noon + 24 * hour + minute);
    await w.command(id, 'alice', { do: 'meet', clock: 'eu.nis2/early-warning', time: w.now(), note: 'BSI' });
    await w.run();
    expect(await w.within((tx) => pressingClocks(tx, w.now()))).toEqual([]);
    w.at(noon + 25 * hour);
    await w.run();
    expect(await news()).toEqual([]);
    expect(await readQueue(w.deps)).toEqual([]);
    const reminded = store.entries(w.tenant).filter(({ type, data }) => type === 'incident' && data['event'] === 'reminded');
    expect(reminded.map(({ data }) => [data['clock'], data['mark']])).toEqual([
      ['eu.nis2/early-warning', 'third'],
      ['eu.nis2/early-warning', 'last'],
      ['eu.nis2/early-warning', 'over'],
    ]);
  });

  test('at night those in it are told, and nobody else is woken for a deadline', async () => {
    w.at(night);
    const id = await w.declared('carol');
    await start('carol', id, 'eu.dora', { classified: night });
    await w.run();
    await news();
    w.at(night + 3 * hour + 40 * minute);
    await w.run();
    expect(await news()).toEqual([
      'page mail:carol@example.com A clock ends at 2026-01-07 03:00Z: DORA, major ICT-related incident, Initial notification',
    ]);
    w.at(Date.UTC(2026, 0, 7, 6));
    await w.run();
    await w.run();
    expect((await news()).filter((one) => one.startsWith('page chat:U1'))).toEqual([
      'page chat:U1 A clock has ended: DORA, major ICT-related incident, Initial notification',
    ]);
  });

  test('clocks go on after it is closed, for who keeps them', async () => {
    const id = await w.declared('alice');
    await start('alice', id, 'eu.gdpr', { aware: noon });
    await w.command(id, 'alice', { do: 'waive', clock: 'eu.gdpr/people', note: 'no high risk' });
    await w.command(id, 'alice', { do: 'keep', clock: 'eu.gdpr/authority', keeper: 'bob' });
    await w.command(id, 'alice', { do: 'contain', note: '' });
    for (const objective of ['o1', 'o2', 'o3']) await w.command(id, 'alice', { do: 'reach', objective, note: '' });
    const { version } = await w.is(id);
    expect(await w.command(id, 'alice', { do: 'close', note: 'over', of: version })).toMatchObject({ outcome: 'done' });
    await w.run();
    await news();
    w.at(noon + 71 * hour);
    await w.run();
    expect((await news()).filter((one) => one.includes('chat:U2'))).toHaveLength(1);
    w.at(noon + 71 * hour + minute);
    // The end moves: who was reminded of the old one is reminded of the new one.
    await w.command(id, 'bob', { do: 'set-moment', obligation: 'eu.gdpr', moment: 'aware', time: noon + 24 * hour });
    await w.run();
    expect(await w.within((tx) => pressingClocks(tx, w.now()))).toEqual([]);
    w.at(noon + 92 * hour);
    await w.run();
    expect((await news()).filter((one) => one.includes('chat:U2'))).toHaveLength(1);
  });

  test('what is due at once is a page at once, and of whom nobody is reached everybody is', async () => {
    const id = await w.declared('dora');
    await start('dora', id, 'industry.pci-dss', { aware: noon });
    await w.run();
    const pages = (await news()).filter((one) => one.startsWith('page'));
    expect(new Set(pages.map((one) => one.split(' ')[1]))).toEqual(new Set(['chat:', 'mail:carol@example.com', 'chat:U1']));
    expect(pages[0]).toContain('PCI DSS');
  });
});
