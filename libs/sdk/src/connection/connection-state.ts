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
