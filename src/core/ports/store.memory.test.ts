import { storeContract } from './store.contract.ts';
import { memoryStore } from './store.memory.ts';

storeContract('memory', async () => {
  const store = memoryStore();
  return { store, close: () => store.close() };
});
