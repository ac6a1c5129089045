import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.js';
import { type OpenWatcher, timesIn } from './watcher.js';

const INTERVAL_MS = 1_000;

/** Asks for the current position once a second, whether or not it has changed. */
export const openHttpPolling: OpenWatcher = async (watch) => {
  let isClosed = false;
  const http = new HttpClient(watch.url, watch.token, watch.requested);
  const poll = async (): Promise<void> => {
    for (const t of timesIn(await http.text(`/api/drivers/${watch.driverId}/position`))) watch.received(t);
  };
  const run = async () => {
    // Spread over the interval, as the phones of different people are.
    await sleep(Math.random() * INTERVAL_MS);
    while (!isClosed) {
      const began = performance.now();
      await poll().catch(() => {});
      await sleep(Math.max(0, INTERVAL_MS - (performance.now() - began)));
    }
  };
  await poll();
  void run();
  return {
    close: () => {
      isClosed = true;
      http.close();
    },
  };
};
