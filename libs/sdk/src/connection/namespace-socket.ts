import { io, type Socket } from 'socket.io-client';
import { type Hello, PROTOCOL_VERSION } from '#protocol';
import { errorOf, type HexfleetError } from './errors.js';
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
  /** a second connection to change over to could not be opened; it is the refusal of the service, or null */
  onNotMoved(error: HexfleetError | null): void;
  /** an attempt failed or a connection ended: the reason, or the refusal of the service */
  onLost(reason: string | HexfleetError): void;
};

/**
 * Time in which a transport must open. A proxy that swallows the upgrade to WebSocket sends no error; one that refuses it
 * fails at once.
 */
const OPEN_TIMEOUT_MS = { websocket: 4_000, polling: 8_000 } satisfies Record<SocketTransport, number>;

/** Time in which a connection that was replaced may still bring answers. */
const ANSWERS_MS = 1_000;

/**
 * One namespace on one Socket.IO connection, over whichever transport passes: each attempt begins with the transport that
 * worked last, or with the first one, and then tries the others. Socket.IO's own `tryAllTransports` waits forever for an
 * upgrade that is swallowed, and never upgrades a connection that began with the second transport.
 */
export class NamespaceSocket {
  #socket: Socket;
  /** takes the place of the current one once the service has greeted it */
  #next: Socket | null = null;
  readonly #on: Array<[event: string, listener: (...args: unknown[]) => void]> = [];
  readonly #transports: readonly SocketTransport[];
  /** not tried yet in this attempt */
  #untried: SocketTransport[] = [];
  #worked: SocketTransport | null = null;
  #stopUpgrading = () => {};

  constructor(
    private readonly address: string,
    transports: readonly SocketTransport[],
    private readonly backoff: BackoffOptions,
    private readonly handlers: SocketHandlers,
    /** sent in the handshake besides the token */
    private readonly identity: { deviceId?: string | undefined; acks?: string } = {},
  ) {
    this.#transports = transports;
    this.#socket = this.#create();
  }

  #create(): Socket {
    // The caller reconnects: it fetches a token first and uses full jitter.
    const socket = io(this.address, { forceNew: true, autoConnect: false, reconnection: false });
    for (const [event, listener] of this.#on) socket.on(event, listener);
    socket.on('hello', (hello: Hello) => this.#onHello(socket, hello));
    socket.on('disconnect', (reason) => {
      if (socket === this.#socket) this.#lost(reason);
      else if (socket === this.#next) this.handlers.onNotMoved(null);
    });
    socket.on('connect_error', (error) => {
      const refusal = errorOf((error as Error & { data?: unknown }).data);
      if (socket === this.#next) this.handlers.onNotMoved(refusal);
      if (socket !== this.#socket) return;
      if (refusal !== null) this.#lost(refusal);
      else if (this.#untried.length > 0) this.#tryNext();
      else this.#lost(error.message);
    });
    return socket;
  }

  /** The current transport; only valid after `onHello`. */
  get transport(): SocketTransport {
    return transportOf(this.#socket);
  }

  connect(token: string): void {
    this.#dropNext();
    this.#socket.auth = { ...this.identity, token, version: PROTOCOL_VERSION };
    this.#untried = workedFirst(this.#transports, this.#worked);
    this.#tryNext();
  }

  /** Opens a second connection and changes over to it once the service has greeted it, so that events never pause. */
  move(token: string): void {
    this.#dropNext();
    this.#next = this.#create();
    this.#next.auth = { ...this.identity, token, version: PROTOCOL_VERSION };
    this.#open(this.#next, this.transport);
  }

  #dropNext(): void {
    const next = this.#next;
    this.#next = null;
    next?.disconnect();
  }

  close(): void {
    this.#untried = [];
    this.#stopUpgrading();
    this.#dropNext();
    this.#socket.disconnect();
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#on.push([event, listener]);
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

  /** Sends a message that has no answer. */
  send(event: string, ...args: unknown[]): void {
    this.#socket.emit(event, ...args);
  }

  #tryNext(): void {
    this.#open(this.#socket, this.#untried.shift()!);
  }

  #open(socket: Socket, transport: SocketTransport): void {
    // Engine.IO upgrades from polling to the transport that follows it.
    const mayUpgrade = transport === 'polling' && this.#transports.includes('websocket');
    const transports: SocketTransport[] = mayUpgrade ? ['polling', 'websocket'] : [transport];
    const engine = connectOver(socket, transports, OPEN_TIMEOUT_MS[transport]);
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

  #onHello(socket: Socket, hello: Hello): void {
    this.#untried = [];
    if (socket !== this.#socket) this.#changeTo(socket);
    this.#worked = this.transport;
    this.handlers.onHello(hello);
  }

  #changeTo(socket: Socket): void {
    const old = this.#socket;
    this.#socket = socket;
    this.#next = null;
    old.removeAllListeners();
    // Answers may still be on the way.
    setTimeout(() => old.disconnect(), ANSWERS_MS);
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
