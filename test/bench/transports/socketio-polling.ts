import { setTimeout as sleep } from 'node:timers/promises';
import { HttpClient } from './http-client.js';
import { type OpenWatcher, retryMs, timesIn } from './watcher.js';

const SEPARATOR = '\x1e';
const NAMESPACE = '/dispatch';
const PATH = '/socket.io/?EIO=4&transport=polling';

/** Socket.IO over long polling: one request is held open for what the server sends, another carries what the client sends. */
export const openSocketIoPolling: OpenWatcher = async (watch) => {
  let isClosed = false;
  let http: HttpClient;
  /** @param subscribed called once the watch was answered */
  const session = async (subscribed: () => void): Promise<void> => {
    http = new HttpClient(watch.url, watch.token, watch.requested, 2);
    const { sid } = JSON.parse((await http.text(PATH)).slice(1)) as { sid: string };
    const path = `${PATH}&sid=${sid}`;
    const send = (packet: string) => http.text(path, { method: 'POST', body: packet });
    await send(`40${NAMESPACE},${JSON.stringify({ token: watch.token })}`);
    while (!isClosed) {
      for (const packet of (await http.text(path)).split(SEPARATOR)) {
        if (packet === '2') await send('3');
        else if (packet.startsWith(`40${NAMESPACE}`))
          await send(`42${NAMESPACE},0["driver:watch",${JSON.stringify({ driverId: watch.driverId })}]`);
        else if (packet.startsWith(`43${NAMESPACE}`)) subscribed();
        else if (packet.includes('["position"')) for (const t of timesIn(packet)) watch.received(t);
      }
    }
  };
  await new Promise<void>((resolve) => {
    const run = async () => {
      while (!isClosed) {
        await session(resolve).catch(() => {});
        http.close();
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
