import { atom } from 'nanostores';
import type { ConnectionState } from '#sdk';
import { update } from './update.js';

export type ConnectionView = {
  connection: ConnectionState['state'];
  /** events arrive */
  isUp: boolean;
  /** when the last event arrived, by `performance.now()`; null before the first */
  lastReceivedAt: number | null;
};

/** State of the connection to the service, from the client's events and the browser's own online state. */
export class ConnectionMonitor {
  readonly $view = atom<ConnectionView>({
    connection: 'connecting',
    isUp: true,
    lastReceivedAt: null,
  });

  constructor() {
    // The browser notices a lost network before the socket does.
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#update());
  }

  get isOnline(): boolean {
    const { connection, isUp } = this.$view.get();
    return connection === 'online' && isUp;
  }

  /** Handles the client's `connection` event. */
  changed(connection: ConnectionState): void {
    this.#update(connection);
  }

  /** Records that an event has just arrived. */
  received(): void {
    update(this.$view, { lastReceivedAt: performance.now() });
  }

  #update(connection?: ConnectionState): void {
    const before = this.$view.get();
    const state = connection?.state ?? before.connection;
    const isUp = state === 'connecting' || ((state === 'online' || state === 'degraded') && navigator.onLine);
    const hasConnected = connection !== undefined && 'hello' in connection;
    this.$view.set({
      connection: state,
      isUp,
      lastReceivedAt: hasConnected ? performance.now() : before.lastReceivedAt,
    });
  }
}
