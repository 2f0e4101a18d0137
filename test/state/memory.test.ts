import { createMemoryStore } from '../../src/state/index.ts';
import { stateContract } from './contract.ts';

stateContract('memory', async () => {
  let at = Date.UTC(2026, 10, 23, 12);
  const store = createMemoryStore({ now: () => at }, { lasts: true });
  return {
    open: () => store,
    advance: (ms) => {
      at += ms;
    },
  };
});
