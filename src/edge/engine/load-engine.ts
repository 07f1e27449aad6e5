import { type Context, createContext, Script } from 'node:vm';
import type { Engine, EngineLoader } from '../../core/ports/engine.ts';

/** What a realm has by itself and a decision must not see: these differ between runs or machines. */
const removed = [
  'Date',
  'Intl',
  'WebAssembly',
  'SharedArrayBuffer',
  'Atomics',
  'WeakRef',
  'FinalizationRegistry',
  'performance',
  'console',
];

/** Engines by `node:vm`: a realm of its own without clock, randomness, environment or I/O. This is for repeatability, not a jail for foreign code. */
export function engineLoader(): EngineLoader {
  const known = new Map<string, Context>();
  const realmOf = (bundle: string): Context => {
    const realm = known.get(bundle) ?? openRealm(bundle);
    known.set(bundle, realm);
    return realm;
  };
  return {
    load(bundle) {
      const engine = entryOf(realmOf(bundle), 'decideBytes');
      if (engine === null) throw new TypeError('the bundle has no decideBytes');
      return engine as Engine;
    },
    recommends: (bundle) => entryOf(realmOf(bundle), 'recommendBytes') as ((given: string) => string) | null,
  };
}

function openRealm(bundle: string): Context {
  const realm = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } });
  new Script(`for (const name of ${JSON.stringify(removed)}) delete globalThis[name]; delete Math.random;`).runInContext(realm);
  new Script(bundle, { filename: 'decide.bundle.js' }).runInContext(realm);
  return realm;
}

function entryOf(realm: Context, name: 'decideBytes' | 'recommendBytes'): unknown {
  const entry = new Script(`jobzeroEngine.${name}`).runInContext(realm) as unknown;
  return typeof entry === 'function' ? entry : null;
}
