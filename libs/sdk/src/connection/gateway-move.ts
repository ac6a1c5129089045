import type { Leaving } from '#protocol';
import type { NamespaceSocket } from './namespace-socket.js';

/** Parts of a connection that a {@link GatewayMove} needs. */
type Moved = {
  isOnline(): boolean;
  fetchToken(): Promise<string>;
  /** called when the second connection begins */
  onBegin(): void;
};

/**
 * Changes over to another gateway at the time that its own one assigns when it is about to stop. If that fails, the connection
 * lasts until the gateway ends it.
 */
export class GatewayMove {
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly socket: NamespaceSocket,
    private readonly connection: Moved,
  ) {
    socket.on('leaving', (leaving) => {
      this.cancel();
      this.#timer = setTimeout(() => void this.#move(), (leaving as Leaving).retryInMs);
    });
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  async #move(): Promise<void> {
    const token = await this.connection.fetchToken().catch(() => null);
    if (token === null || !this.connection.isOnline()) return;
    this.connection.onBegin();
    this.socket.move(token);
  }
}
