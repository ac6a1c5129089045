import type { BackoffOptions, ReconnectPolicy } from './reconnect-policy.js';
import type { SocketTransport } from './socketio-internals.js';
import type { TokenSource } from './token.js';

/** Options of every client. */
export type ClientOptions = {
  /** address of the service, for example `https://fleet.example.com`; by default the origin of the page */
  url?: string;
  /** identifies the user; a function lets the client renew the token before it expires */
  token: TokenSource;
  /**
   * name of this device, 1 to 64 characters as in any id. While it is connected, it gets no notifications by Web Push under the
   * same name. The service follows the device of a driver that went online last: by default each driver client is a device of
   * its own, also when it reconnects
   */
  deviceId?: string;
  /** Socket.IO transports in the order to try them; the one that worked last goes first. WebSocket, then long polling by default */
  transports?: SocketTransport[];
  /** timeout of a request, ms; 10,000 by default */
  timeoutMs?: number;
  /** range of the random pause before a retry, whose upper bound doubles with each failure */
  backoff?: BackoffOptions;
  /** replaces the default policy, which reconnects forever with full jitter within `backoff` */
  reconnect?: ReconnectPolicy;
};
