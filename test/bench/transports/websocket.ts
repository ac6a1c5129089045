import { setTimeout as sleep } from 'node:timers/promises';
import { RawClient } from '../engine-io.js';
import { type OpenWatcher, retryMs, timesIn } from './watcher.js';

export const openWebSocket: OpenWatcher = async (watch) => {
  let isClosed = false;
  let client: RawClient;
  const connect = async (): Promise<void> => {
    watch.requested();
    client = await RawClient.connect(watch.url, '/dispatch', watch.token, (packet) => {
      if (packet.startsWith('["position"')) for (const t of timesIn(packet)) watch.received(t);
    });
    client.onClosed(() => void reconnect());
    await new Promise<void>((resolve) =>
      client.request('driver:watch', JSON.stringify({ driverId: watch.driverId }), () => resolve()),
    );
  };
  const reconnect = async (): Promise<void> => {
    while (!isClosed) {
      await sleep(retryMs());
      const isConnected = await connect().then(
        () => true,
        () => false,
      );
      if (isConnected) return;
    }
  };
  await connect();
  return {
    close: () => {
      isClosed = true;
      client.close();
    },
  };
};
