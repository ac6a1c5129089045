import { io, type Socket } from 'socket.io-client';
import type { Answer, Fix, Hello } from '#protocol';

/** A stock Socket.IO client, connected and greeted. */
export type StockClient = { socket: Socket; hello: Hello; received: Received[] };
export type Received = { event: string; payload: any };

export async function connectStock(
  url: string,
  namespace: string,
  token: unknown,
  options: { transports?: string[] } = {},
): Promise<StockClient> {
  const socket = io(`${url}${namespace}`, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    auth: { token },
    ...options,
  });
  const received: Received[] = [];
  socket.onAny((event, payload) => received.push({ event, payload }));
  return new Promise((resolve, reject) => {
    socket.once('hello', (hello: Hello) => resolve({ socket, hello, received }));
    socket.once('connect_error', (error) => {
      reject(error);
      socket.disconnect();
    });
  });
}

/** Sends a request and gives the answer, whatever it is. */
export const ask = (client: { socket: Socket }, event: string, payload: unknown): Promise<Answer<any>> =>
  client.socket.timeout(10_000).emitWithAck(event, payload);

export const pushes = (client: StockClient, event: string): any[] =>
  client.received.filter((item) => item.event === event).map(({ payload }) => payload);

/** Fixes that drive east along one line, a second apart, the last one now; to 7 decimals, as positions are kept. */
export function drive(count: number, from = { lat: 40.75, lng: -73.99 }, end = Date.now()): Fix[] {
  return Array.from({ length: count }, (_, i) => ({
    t: end - (count - 1 - i) * 1_000,
    lat: from.lat,
    lng: Math.round((from.lng + i * 0.0001) * 1e7) / 1e7,
  }));
}
