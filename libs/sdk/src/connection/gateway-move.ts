import type { Leaving } from '#protocol';
import { type HexfleetError, isFinal } from './errors.js';
import type { NamespaceSocket } from './namespace-socket.js';
import { type BackoffOptions, backoffMs } from './reconnect-policy.js';

/** Parts of a connection that a {@link GatewayMove} needs. */
type Moved = {
  isOnline(): boolean;
  fetchToken(): Promise<string>;
  /** called when the second connection begins */
  onBegin(): void;
  readonly backoff: BackoffOptions;
};

/**
 * Changes over to another gateway at the time that its own one assigns when it is about to stop. While that fails, the
 * current connection carries on; when the gateway ends it, the client reconnects as always.
 */
export class GatewayMove {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;

  constructor(
    private readonly socket: NamespaceSocket,
    private readonly connection: Moved,
  ) {
    socket.on('leaving', (leaving) => {
      this.#failures = 0;
      this.#moveIn((leaving as Leaving).retryInMs);
    });
  }

  /** Tries again later. @param refusal of the service, if it was refused */
  failed(refusal: HexfleetError | null): void {
    if (refusal !== null && isFinal(refusal)) return;
    const pauseMs = backoffMs(this.#failures, Math.random(), this.connection.backoff);
    this.#failures += 1;
    this.#moveIn(Math.max(pauseMs, refusal?.retryInMs ?? 0));
  }

  cancel(): void {
    clearTimeout(this.#timer);
  }

  #moveIn(ms: number): void {
    this.cancel();
    this.#timer = setTimeout(() => void this.#move(), ms);
  }

  async #move(): Promise<void> {
    const token = await this.connection.fetchToken().catch(() => null);
    if (token === null || !this.connection.isOnline()) return;
    this.connection.onBegin();
    this.socket.move(token);
  }
}
