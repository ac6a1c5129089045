import { io, type Socket } from 'socket.io-client';
import type { AnswerTo, Failure, Fix, Hello, Namespace, Pushed, PushOf, RequestOf, Sent } from '#protocol';

/** A stock Socket.IO client, connected and greeted. */
export type StockClient = { socket: Socket; hello: Hello; received: Received[] };
export type Received = { event: string; payload: any };

/** @param options of Socket.IO; and the version of the protocol that the client asks for, by default none */
export async function connectStock(
  url: string,
  namespace: string,
  token: unknown,
  { version, ...options }: { transports?: string[]; version?: unknown } = {},
): Promise<StockClient> {
  const socket = io(`${url}${namespace}`, {
    forceNew: true,
    reconnection: false,
    transports: ['websocket'],
    auth: { token, version },
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

type Each<T extends Record<Namespace, unknown>> = T[Namespace];
/** Requests and pushes of any namespace. */
type AnyRequest = Each<{ [N in Namespace]: RequestOf<N> }>;
type AnyPush = Each<{ [N in Namespace]: PushOf<N> }>;
type AnySent<E> = Each<{ [N in Namespace]: E extends RequestOf<N> ? Sent<N, E> : never }>;
type AnyAnswer<E> = Each<{ [N in Namespace]: E extends RequestOf<N> ? AnswerTo<N, E> : never }>;
type AnyPushed<E> = Each<{ [N in Namespace]: E extends PushOf<N> ? Pushed<N, E> : never }>;

/** An answer as a test reads it: with the fields of one that was granted, which are missing where it was refused. */
export type Answered<T> = { ok: boolean } & T & Partial<Omit<Failure, keyof T>>;

/** Sends a request and gives the answer, whatever it is. */
export const ask = <E extends AnyRequest>(
  client: Pick<StockClient, 'socket'>,
  event: E,
  payload: AnySent<E>,
): Promise<Answered<AnyAnswer<E>>> => client.socket.timeout(10_000).emitWithAck(event, payload);

/** Sends any event with any payload, for tests of bad input. */
export const askWrongly = (
  client: Pick<StockClient, 'socket'>,
  event: string,
  payload: unknown,
): Promise<Answered<object>> => client.socket.timeout(10_000).emitWithAck(event, payload);

export const pushes = <E extends AnyPush>(client: Pick<StockClient, 'received'>, event: E): AnyPushed<E>[] =>
  client.received.filter((item) => item.event === event).map(({ payload }) => payload);

/** Fixes that drive east along one line, a second apart, the last one now; to 7 decimals, as positions are kept. */
export function drive(count: number, from = { lat: 40.75, lng: -73.99 }, end = Date.now()): Fix[] {
  return Array.from({ length: count }, (_, i) => ({
    t: end - (count - 1 - i) * 1_000,
    lat: from.lat,
    lng: Math.round((from.lng + i * 0.0001) * 1e7) / 1e7,
  }));
}
