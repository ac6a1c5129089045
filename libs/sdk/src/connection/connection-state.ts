import type { Hello } from '#protocol';
import type { FallbackTransport } from '../http-fallback/source.js';
import type { HexfleetError } from './errors.js';
import type { SocketTransport } from './socketio-internals.js';

/**
 * `connecting` until the first answer; `online` once the service has accepted the token and sent `hello`; `degraded` while
 * Socket.IO is blocked and plain HTTP replaces it; `offline` between attempts or after `close`; `refused` until `connect`
 * is called again.
 */
export type ConnectionState =
  | {
      /** no answer yet */
      state: 'connecting';
    }
  | {
      /** the token was accepted */
      state: 'online';
      /** greeting of the service */
      hello: Hello;
      /** current transport; the state is emitted again when WebSocket takes over from long polling */
      transport: SocketTransport;
    }
  | {
      /**
       * the token was accepted, but only plain HTTP passes: events arrive, possibly later than on a socket, fixes are sent,
       * and trips can be changed; any other request fails with `SOCKET_REQUIRED`. The client keeps trying to get a socket
       */
      state: 'degraded';
      /** greeting of the service */
      hello: Hello;
      /** server-sent events, or long polling where a proxy buffers those */
      transport: FallbackTransport;
    }
  | {
      /** not connected; the client reconnects by itself unless it was closed */
      state: 'offline';
      /** cause, for logs; `closed` after `close` */
      reason: string;
    }
  | {
      /** the service refused the token, or the {@link ReconnectPolicy} gave up; the client does not reconnect by itself */
      state: 'refused';
      /** cause, with the code of the service; `UNAVAILABLE` when the policy gave up */
      error: HexfleetError;
    };

/** Whether events arrive in this state. */
export const isUp = (state: ConnectionState): state is Extract<ConnectionState, { hello: Hello }> =>
  'hello' in state;

type StateListener = (state: ConnectionState) => void;

/** The state of one connection, and those who follow it. */
export class ConnectionStates {
  #current: ConnectionState = { state: 'connecting' };
  #epoch = 0;
  readonly #listeners = new Set<StateListener>();
  readonly #transportListeners = new Set<StateListener>();

  get current(): ConnectionState {
    return this.#current;
  }

  /** Counts the connections; one that takes over from another without a pause is not counted: the answers still arrive. */
  get epoch(): number {
    return this.#epoch;
  }

  /** @returns a function that removes the listener */
  onState(listener: StateListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener when the same connection continues over another transport. */
  onTransport(listener: StateListener): void {
    this.#transportListeners.add(listener);
  }

  set(state: ConnectionState): void {
    if (state.state !== 'online' || this.#current.state !== 'online') this.#epoch += 1;
    this.#current = state;
    for (const listener of [...this.#listeners]) listener(state);
  }

  /** Has no effect unless the connection is in `state`. */
  setTransport(state: 'online' | 'degraded', transport: SocketTransport | FallbackTransport): void {
    if (this.#current.state !== state) return;
    this.#current = { ...this.#current, transport } as ConnectionState;
    for (const listener of [...this.#transportListeners]) listener(this.#current);
  }
}
