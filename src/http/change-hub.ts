import type { ConsoleDeps } from '../app/console/console-deps.ts';

type Changed = Parameters<Parameters<ConsoleDeps['store']['watch']>[0]>[0];
type Topic = Exclude<Changed, `items/${string}`>;
type Listener = (topics: readonly Topic[]) => void;

const gatherMilliseconds = 60;

/**
 * One watch on the store for any number of browsers. Changes that come together are told together, so a busy worker
 * does not make every console ask a hundred times a second.
 */
export class ChangeHub {
  readonly #store: ConsoleDeps['store'];
  readonly #listeners = new Set<Listener>();
  readonly #gathered = new Set<Topic>();
  #stop: Promise<() => Promise<void>> | null = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(store: ConsoleDeps['store']) {
    this.#store = store;
  }

  /** Calls back with topics that changed. Returns the way to stop. */
  async listen(listener: Listener): Promise<() => void> {
    this.#listeners.add(listener);
    this.#stop ??= this.#store.watch((topic) => this.#gather(isOfItems(topic) ? 'items' : topic));
    try {
      await this.#stop;
    } catch (cause) {
      this.#stop = null;
      this.#listeners.delete(listener);
      throw cause;
    }
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    this.#listeners.clear();
    if (this.#timer !== null) clearTimeout(this.#timer);
    const stop = this.#stop;
    this.#stop = null;
    if (stop !== null) await (await stop)();
  }

  #gather(topic: Topic): void {
    this.#gathered.add(topic);
    this.#timer ??= setTimeout(() => this.#tell(), gatherMilliseconds);
  }

  #tell(): void {
    this.#timer = null;
    const topics = [...this.#gathered].sort();
    this.#gathered.clear();
    for (const listener of this.#listeners) listener(topics);
  }
}

function isOfItems(topic: Changed): topic is `items/${string}` {
  return topic.startsWith('items/');
}
