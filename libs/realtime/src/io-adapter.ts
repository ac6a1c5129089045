import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { MessageMappingProperties } from '@nestjs/websockets';
import type { Observable } from 'rxjs';
import { type Namespace as IoNamespace, Server, type ServerOptions, type Socket } from 'socket.io';
import { NAMESPACES } from '#protocol';
import { ConnectionLimits } from './connection-limits.js';
import { Heartbeats } from './heartbeats.js';
import type { Hub } from './hub.js';
import { keepOrder, wholeFrames } from './internals/adapter.js';
import { closeOnTooLarge, type EngineConnection } from './internals/engine-io.js';
import { dropRequest } from './internals/ws.js';
import { MAX_TRANSPORT_BYTES } from './limits.js';
import { refuseOtherNamespaces } from './namespace.js';
import { requestTable } from './request-table.js';
import { boundSendQueues, type SendQueueOptions } from './send-queue.js';

export const SERVER_OPTIONS = {
  serveClient: false,
  maxHttpBufferSize: MAX_TRANSPORT_BYTES,
  // Clients authenticate right after connecting.
  connectTimeout: 10_000,
  // Both ends notice a dead connection within the sum of the two, under ten seconds. A pause of four seconds still counts
  // as a slow network, and a ping every five and a half costs a phone little compared with its fixes.
  pingInterval: 5_500,
  pingTimeout: 4_000,
  cleanupEmptyChildNamespaces: true,
} as const satisfies Partial<ServerOptions>;

/** Applies limits to each connection from its first packet on, and bounds what waits for it. */
export function guardConnections(
  server: Server,
  sendQueue: SendQueueOptions,
  pingInterval: number = SERVER_OPTIONS.pingInterval,
): void {
  closeOnTooLarge(server);
  const bound = boundSendQueues(server, sendQueue);
  const heartbeats = new Heartbeats({ pingInterval, pingTimeout: SERVER_OPTIONS.pingTimeout });
  server.engine.on('connection', (conn: EngineConnection) => {
    ConnectionLimits.of(conn);
    bound(conn);
    heartbeats.add(conn);
    dropRequest(conn);
  });
}

/** Adapter of the library for one process. */
const LocalAdapter = new Server().adapter() as unknown as new (io: IoNamespace) => ReturnType<Hub['adapter']>;

const hasEvents = (namespace: string): boolean => (NAMESPACES as readonly string[]).includes(namespace);

/** Socket.IO adapter of Nest with rooms that span all nodes. */
export class HubIoAdapter extends IoAdapter {
  #server: Server | null = null;

  constructor(
    app: INestApplicationContext,
    private readonly hub: Hub,
    private readonly sendQueue: SendQueueOptions,
    /** options about the origin of a connection, and the time between pings, ms */
    private readonly options: Pick<ServerOptions, 'allowRequest' | 'cors' | 'pingInterval'>,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    // Nest calls this once per gateway class; all namespaces share one server.
    if (this.#server !== null) return this.#server;
    const { adapter } = this.hub;
    // Namespaces without events, which a client can make up, need no rooms on other nodes. Socket.IO calls this with `new`.
    function adapterOf(io: IoNamespace) {
      return hasEvents(io.name) ? keepOrder(wholeFrames(adapter(io))) : new LocalAdapter(io);
    }
    const server: Server = super.createIOServer(port, {
      ...options,
      ...SERVER_OPTIONS,
      ...this.options,
      adapter: adapterOf,
    } as ServerOptions);
    guardConnections(server, this.sendQueue, this.options.pingInterval);
    refuseOtherNamespaces(server);
    this.hub.attach(server);
    this.#server = server;
    return server;
  }
  /**
   * Keeps the handlers of a gateway class that Nest has bound to the first socket of a namespace, for all sockets. They take the
   * socket from the data of the message; see `OnRequest`.
   */
  override bindMessageHandlers(
    { nsp }: Socket,
    handlers: MessageMappingProperties[],
    transform: (answer: unknown) => Observable<object>,
  ): void {
    const table = requestTable(nsp);
    for (const { message, callback } of handlers)
      if (!table.has(message))
        table.set(message, (request, ack) => {
          transform(callback(request)).subscribe((answer) => ack?.(answer));
        });
  }

  /** No gateway has `handleDisconnect`, for which Nest would add a listener to each socket. */
  override bindClientDisconnect(): void {}
}
