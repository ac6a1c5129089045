import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import { ConnectionLimits } from './connection-limits.js';
import type { Hub } from './hub.js';
import { closeOnTooLarge, type EngineConnection } from './library-internals.js';
import { MAX_TRANSPORT_BYTES } from './limits.js';
import { refuseDefaultNamespace } from './namespace.js';
import { boundSendQueue, type SendQueueOptions } from './send-queue.js';

export const SERVER_OPTIONS = {
  serveClient: false,
  maxHttpBufferSize: MAX_TRANSPORT_BYTES,
  // Clients authenticate right after connecting.
  connectTimeout: 10_000,
  // Both ends notice a dead connection within the sum of the two, under ten seconds. A pause of four seconds still counts
  // as a slow network, and a ping every five and a half costs a phone little compared with its fixes.
  pingInterval: 5_500,
  pingTimeout: 4_000,
} as const satisfies Partial<ServerOptions>;

/** Applies limits to each connection from its first packet on, and bounds what waits for it. */
export function guardConnections(server: Server, sendQueue: SendQueueOptions): void {
  closeOnTooLarge(server);
  server.engine.on('connection', (conn: EngineConnection) => {
    ConnectionLimits.of(conn);
    boundSendQueue(conn, sendQueue);
  });
}

/** Socket.IO adapter of Nest with rooms that span all nodes. */
export class HubIoAdapter extends IoAdapter {
  #server: Server | null = null;

  constructor(
    app: INestApplicationContext,
    private readonly hub: Hub,
    private readonly sendQueue: SendQueueOptions,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    // Nest calls this once per gateway class; all namespaces share one server.
    if (this.#server !== null) return this.#server;
    const server: Server = super.createIOServer(port, {
      ...options,
      ...SERVER_OPTIONS,
      adapter: this.hub.adapter,
    } as ServerOptions);
    guardConnections(server, this.sendQueue);
    refuseDefaultNamespace(server.of('/'));
    this.hub.attach(server);
    this.#server = server;
    return server;
  }
}
