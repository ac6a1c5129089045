import { io, type Socket } from 'socket.io-client';
import { type Failure, type Hello, isCode, PROTOCOL_VERSION } from '#protocol';
import { HexfleetError } from './errors.js';
import type { BackoffOptions } from './reconnect-policy.js';
import {
  connectOver,
  dropUnsent,
  type Engine,
  keepUpgrading,
  type SocketTransport,
  transportOf,
} from './socketio-internals.js';

/** Handlers for the events of a {@link NamespaceSocket}. */
type SocketHandlers = {
  /** the service accepted the token, so there is a transport */
  onHello(hello: Hello): void;
  /** the connection goes on over another transport */
  onUpgrade(transport: SocketTransport): void;
  /** an attempt failed or a connection ended: the reason, or the refusal of the service */
  onLost(reason: string | HexfleetError): void;
};

/**
 * Time in which a transport must open. A proxy that swallows the upgrade to WebSocket sends no error; one that refuses it
 * fails at once.
 */
const OPEN_TIMEOUT_MS = { websocket: 4_000, polling: 8_000 } satisfies Record<SocketTransport, number>;

/**
 * One namespace on one Socket.IO connection, over whichever transport passes: each attempt begins with the transport that
 * worked last, or with the first one, and then tries the others. Socket.IO's own `tryAllTransports` waits forever for an
 * upgrade that is swallowed, and never upgrades a connection that began with the second transport.
 */
export class NamespaceSocket {
  readonly #socket: Socket;
  readonly #transports: readonly SocketTransport[];
  /** not tried yet in this attempt */
  #untried: SocketTransport[] = [];
  #worked: SocketTransport | null = null;
  #stopUpgrading = () => {};

  constructor(
    address: string,
    transports: readonly SocketTransport[],
    private readonly backoff: BackoffOptions,
    private readonly handlers: SocketHandlers,
  ) {
    this.#transports = transports;
    // The caller reconnects: it fetches a token first and uses full jitter.
    this.#socket = io(address, { forceNew: true, autoConnect: false, reconnection: false });
    this.#socket.on('hello', (hello: Hello) => this.#onHello(hello));
    this.#socket.on('disconnect', (reason) => this.#lost(reason));
    this.#socket.on('connect_error', (error) => {
      const failure = (error as Error & { data?: Failure }).data;
      if (isCode(failure?.code)) this.#lost(new HexfleetError(failure!));
      else if (this.#untried.length > 0) this.#tryNext();
      else this.#lost(error.message);
    });
  }

  /** The current transport; only valid after `onHello`. */
  get transport(): SocketTransport {
    return transportOf(this.#socket);
  }

  connect(token: string): void {
    this.#socket.auth = { token, version: PROTOCOL_VERSION };
    this.#untried = workedFirst(this.#transports, this.#worked);
    this.#tryNext();
  }

  close(): void {
    this.#untried = [];
    this.#stopUpgrading();
    this.#socket.disconnect();
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#socket.on(event, listener);
  }

  /** Calls the listeners with an event that arrived over plain HTTP. */
  deliver(event: string, ...args: unknown[]): void {
    for (const listener of this.#socket.listeners(event)) listener(...args);
  }

  /** @param onAnswer called with the answer */
  request(event: string, payload: unknown, onAnswer: (answer: never) => void): void {
    this.#socket.emit(event, payload, onAnswer);
  }

  #tryNext(): void {
    const transport = this.#untried.shift()!;
    // Engine.IO upgrades from polling to the transport that follows it.
    const mayUpgrade = transport === 'polling' && this.#transports.includes('websocket');
    const transports: SocketTransport[] = mayUpgrade ? ['polling', 'websocket'] : [transport];
    const engine = connectOver(this.#socket, transports, OPEN_TIMEOUT_MS[transport]);
    if (mayUpgrade) this.#followUpgrade(engine);
  }

  #followUpgrade(engine: Engine): void {
    this.#stopUpgrading();
    this.#stopUpgrading = keepUpgrading(engine, this.backoff);
    engine.once('upgrade', () => {
      this.#worked = this.transport;
      this.handlers.onUpgrade(this.transport);
    });
  }

  #onHello(hello: Hello): void {
    this.#untried = [];
    this.#worked = this.transport;
    this.handlers.onHello(hello);
  }

  #lost(reason: string | HexfleetError): void {
    this.#untried = [];
    this.#stopUpgrading();
    dropUnsent(this.#socket);
    this.handlers.onLost(reason);
  }
}

/** Puts the transport that worked first and keeps the order of the others. */
export const workedFirst = (
  transports: readonly SocketTransport[],
  worked: SocketTransport | null,
): SocketTransport[] => transports.toSorted((a, b) => Number(b === worked) - Number(a === worked));
