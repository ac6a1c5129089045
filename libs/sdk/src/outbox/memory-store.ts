import type { OutboxStore } from './store.js';

/** Keeps nothing beyond the outbox itself: its fixes end with the process. */
export const memoryOutbox = (): OutboxStore => ({
  load: async () => [],
  add: async () => {},
  remove: async () => {},
});
