import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.js';
import { type OpenWatcher, retryMs, timesIn } from './watcher.js';

/** Plain long polling: each request is answered with the next events, and names the last one that the client has. */
export const openLongPolling: OpenWatcher = async (watch) => {
  let isClosed = false;
  let after: string | null = null;
  const http = new HttpClient(watch.url, watch.token, watch.requested);
  const poll = async (): Promise<void> => {
    const query = after === null ? '' : `?after=${encodeURIComponent(after)}`;
    const text = await http.text(`/api/poll/trip/${watch.tripId}${query}`);
    ({ after } = JSON.parse(text) as { after: string | null });
    for (const t of timesIn(text)) watch.received(t);
  };
  await poll();
  const run = async () => {
    while (!isClosed) await poll().catch(() => sleep(retryMs()));
  };
  void run();
  return {
    close: () => {
      isClosed = true;
      http.close();
    },
  };
};
