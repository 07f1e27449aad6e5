import { createContext, Script } from 'node:vm';
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
  const known = new Map<string, Engine>();
  return {
    load(bundle) {
      const loaded = known.get(bundle) ?? loadEngine(bundle);
      known.set(bundle, loaded);
      return loaded;
    },
  };
}

function loadEngine(bundle: string): Engine {
  const realm = createContext(Object.create(null) as object, { codeGeneration: { strings: false, wasm: false } });
  new Script(`for (const name of ${JSON.stringify(removed)}) delete globalThis[name]; delete Math.random;`).runInContext(realm);
  new Script(bundle, { filename: 'decide.bundle.js' }).runInContext(realm);
  const engine = new Script('jobzeroEngine.decideBytes').runInContext(realm) as unknown;
  if (typeof engine !== 'function') throw new TypeError('the bundle has no decideBytes');
  return engine as Engine;
}
