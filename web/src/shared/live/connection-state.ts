import { atom } from 'nanostores';
import type { ConnectionState } from '#sdk';
import { update } from './update.js';

export type ConnectionView = {
  connection: ConnectionState['state'];
  /** events arrive */
  isUp: boolean;
  /** when the last event arrived, epoch ms by this device; null before the first */
  lastReceivedAt: number | null;
  /** server clock minus device clock, ms */
  clockAheadMs: number;
};

/** State of the connection to the service, from the client's events and the browser's own online state. */
export class ConnectionMonitor {
  readonly $view = atom<ConnectionView>({
    connection: 'connecting',
    isUp: true,
    lastReceivedAt: null,
    clockAheadMs: 0,
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
    update(this.$view, { lastReceivedAt: Date.now() });
  }

  #update(connection?: ConnectionState): void {
    const before = this.$view.get();
    const state = connection?.state ?? before.connection;
    const isUp = state === 'connecting' || ((state === 'online' || state === 'degraded') && navigator.onLine);
    const hello = connection !== undefined && 'hello' in connection ? connection.hello : null;
    const now = Date.now();
    this.$view.set({
      connection: state,
      isUp,
      lastReceivedAt: hello === null ? before.lastReceivedAt : now,
      clockAheadMs: hello === null ? before.clockAheadMs : hello.now - now,
    });
  }
}
