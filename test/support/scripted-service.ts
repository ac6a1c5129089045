import { createServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import type { Failure, Namespace } from '#protocol';

/** A service that says what a test wants it to say, when it wants it. */
export type ScriptedService = {
  url: string;
  /** connected, the newest last */
  sockets: Socket[];
  /** tokens of the handshakes, in order */
  tokens: unknown[];
  /** while set, handshakes are refused with it */
  refuse: Failure | null;
  stop(): Promise<void>;
};

/** @param onSocket sets up the handlers of a new connection, before `hello` */
export async function startScriptedService(
  namespace: Namespace,
  onSocket: (socket: Socket) => void = () => {},
  hello: { expiresAt?: number } = {},
): Promise<ScriptedService> {
  const http = createServer();
  const io = new Server(http);
  const service: ScriptedService = {
    url: '',
    sockets: [],
    tokens: [],
    refuse: null,
    stop: () => io.close(),
  };
  io.of(namespace).use((socket, next) => {
    service.tokens.push(socket.handshake.auth.token);
    const { refuse } = service;
    next(refuse === null ? undefined : Object.assign(new Error(refuse.message), { data: refuse }));
  });
  io.of(namespace).on('connection', (socket) => {
    service.sockets.push(socket);
    onSocket(socket);
    socket.emit('hello', { node: 'scripted', now: Date.now(), ...hello });
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  service.url = `http://127.0.0.1:${(http.address() as { port: number }).port}`;
  return service;
}
