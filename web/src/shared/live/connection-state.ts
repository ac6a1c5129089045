import type { ConnectionState } from '#sdk';
import { Store } from './store.js';

export type ConnectionView = {
  connection: ConnectionState['state'];
  /** whether events come */
  isUp: boolean;
  /** when the last thing was heard, epoch ms by this device; null before */
  heardAt: number | null;
  /** what the service's clock is ahead of this one, ms */
  clockAheadMs: number;
};

/** How the line to the service is: by what the client tells, and by what the browser knows at once. */
export class ConnectionStore extends Store<ConnectionView> {
  constructor() {
    super({ connection: 'connecting', isUp: true, heardAt: null, clockAheadMs: 0 });
    // The browser knows at once what a socket finds out later.
    for (const event of ['online', 'offline']) addEventListener(event, () => this.#change());
  }

  get isOnline(): boolean {
    const { connection, isUp } = this.get();
    return connection === 'online' && isUp;
  }

  /** The client tells of its connection. */
  told(connection: ConnectionState): void {
    this.#change(connection);
  }

  /** Something has come just now. */
  heard(): void {
    this.set({ ...this.get(), heardAt: Date.now() });
  }

  #change(connection?: ConnectionState): void {
    const before = this.get();
    const state = connection?.state ?? before.connection;
    const isUp = state === 'connecting' || ((state === 'online' || state === 'degraded') && navigator.onLine);
    const hello = connection !== undefined && 'hello' in connection ? connection.hello : null;
    const now = Date.now();
    this.set({
      connection: state,
      isUp,
      heardAt: hello === null ? before.heardAt : now,
      clockAheadMs: hello === null ? before.clockAheadMs : hello.now - now,
    });
  }
}
