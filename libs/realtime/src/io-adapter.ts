import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { Server, ServerOptions } from 'socket.io';
import type { Hub } from './hub.js';
import { MAX_TRANSPORT_BYTES } from './limits.js';
import { refuseDefaultNamespace } from './namespace.js';
import { easeSlowLine } from './slow-line.js';

/** Socket.IO under Nest, with rooms that span all nodes. */
export class HubIoAdapter extends IoAdapter {
  #server: Server | null = null;

  constructor(
    app: INestApplicationContext,
    private readonly hub: Hub,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    // Nest asks once per gateway class; namespaces share one server.
    if (this.#server !== null) return this.#server;
    const server: Server = super.createIOServer(port, {
      ...options,
      adapter: this.hub.adapter,
      serveClient: false,
      maxHttpBufferSize: MAX_TRANSPORT_BYTES,
      // Who does not authenticate soon is not a client.
      connectTimeout: 10_000,
      // A connection that died without a word is found within their sum, by both ends: under ten seconds. A pause of four
      // still passes for a slow network, and a ping each five and a half costs a phone little beside its fixes.
      pingInterval: 5_500,
      pingTimeout: 4_000,
    } as ServerOptions);
    server.engine.on('connection', easeSlowLine);
    refuseDefaultNamespace(server.of('/'));
    this.hub.attach(server);
    this.#server = server;
    return server;
  }
}
