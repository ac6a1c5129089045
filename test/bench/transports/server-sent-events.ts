import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.js';
import { type OpenWatcher, retryMs, timesIn } from './watcher.js';

export const openServerSentEvents: OpenWatcher = async (watch) => {
  let isClosed = false;
  const http = new HttpClient(watch.url, watch.token, watch.requested);
  /** @param opened called with the first event */
  const stream = async (opened: () => void): Promise<void> => {
    const response = await http.open(`/api/stream/trip/${watch.tripId}`);
    let rest = '';
    for await (const chunk of response.setEncoding('utf8')) {
      const events = (rest + chunk).split('\n\n');
      rest = events.pop()!;
      for (const event of events) {
        if (event.includes('event: ')) opened();
        if (event.includes('event: position')) for (const t of timesIn(event)) watch.received(t);
      }
    }
  };
  await new Promise<void>((resolve) => {
    const run = async () => {
      while (!isClosed) {
        await stream(resolve).catch(() => {});
        await sleep(retryMs());
      }
    };
    void run();
  });
  return {
    close: () => {
      isClosed = true;
      http.close();
    },
  };
};
