import { io, type Socket } from 'socket.io-client';
import { type Failure, type Hello, isCode, PROTOCOL_VERSION } from '#protocol';
import type { BackoffOptions } from './backoff.js';
import { HexfleetError } from './errors.js';
import { type Engine, keepUpgrading } from './upgrading.js';

/** What carries a connection of Socket.IO. */
export type SocketTransport = 'websocket' | 'polling';

/** What becomes of a {@link SocketLine}. */
type Hears = {
  /** the service accepted the token; the line has a transport now */
  greeted(hello: Hello): void;
  /** it goes on over another transport */
  upgraded(transport: SocketTransport): void;
  /** a try has failed, or a connection ended: what happened, or with what the service refused it */
  lost(why: string | HexfleetError): void;
};

/**
 * How long a transport may take to open. A proxy that swallows the upgrade to WebSocket says nothing; one that refuses it
 * is found out at once.
 */
const PATIENCE_MS = { websocket: 4_000, polling: 8_000 } satisfies Record<SocketTransport, number>;

/**
 * One namespace on one connection of Socket.IO, over what passes: each try begins with the transport that worked last, or
 * else with the first one, and goes on with the others. Socket.IO's own `tryAllTransports` waits for ever on an upgrade
 * that is swallowed, and never upgrades what it began with the second transport.
 */
export class SocketLine {
  readonly #socket: Socket;
  readonly #transports: readonly SocketTransport[];
  /** still to be tried in this try */
  #left: SocketTransport[] = [];
  #worked: SocketTransport | null = null;
  #endUpgrading = () => {};

  constructor(
    address: string,
    transports: readonly SocketTransport[],
    private readonly backoff: BackoffOptions,
    private readonly hears: Hears,
  ) {
    this.#transports = transports;
    // Reconnection is the caller's: with a token that is fetched first, and with full jitter.
    this.#socket = io(address, { forceNew: true, autoConnect: false, reconnection: false });
    this.#socket.on('hello', (hello: Hello) => this.#greeted(hello));
    this.#socket.on('disconnect', (reason) => this.#lost(reason));
    this.#socket.on('connect_error', (error) => {
      const failure = (error as Error & { data?: Failure }).data;
      if (isCode(failure?.code)) this.#lost(new HexfleetError(failure!));
      else if (this.#left.length > 0) this.#tryNext();
      else this.#lost(error.message);
    });
  }

  /** Of a line that was greeted. */
  get transport(): SocketTransport {
    return this.#socket.io.engine.transport.name as SocketTransport;
  }

  connect(token: string): void {
    this.#socket.auth = { token, version: PROTOCOL_VERSION };
    this.#left = inOrder(this.#transports, this.#worked);
    this.#tryNext();
  }

  close(): void {
    this.#left = [];
    this.#endUpgrading();
    this.#socket.disconnect();
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#socket.on(event, listener);
  }

  /** Hands on what came by another way to who listens here. */
  tell(event: string, ...args: unknown[]): void {
    for (const listener of this.#socket.listeners(event)) listener(...args);
  }

  /** @param take called with the answer */
  ask(event: string, payload: unknown, take: (answer: never) => void): void {
    this.#socket.emit(event, payload, take);
  }

  #tryNext(): void {
    const transport = this.#left.shift()!;
    const { io } = this.#socket;
    // From polling on, Engine.IO upgrades to what stands behind it.
    const mayUpgrade = transport === 'polling' && this.#transports.includes('websocket');
    io.opts.transports = mayUpgrade ? ['polling', 'websocket'] : [transport];
    io.timeout(PATIENCE_MS[transport]);
    this.#socket.connect();
    if (mayUpgrade) this.#followUpgrade(io.engine);
  }

  #followUpgrade(engine: Socket['io']['engine']): void {
    this.#endUpgrading();
    this.#endUpgrading = keepUpgrading(engine as unknown as Engine, this.backoff);
    engine.once('upgrade', () => {
      this.#worked = this.transport;
      this.hears.upgraded(this.transport);
    });
  }

  #greeted(hello: Hello): void {
    this.#left = [];
    this.#worked = this.transport;
    this.hears.greeted(hello);
  }

  #lost(why: string | HexfleetError): void {
    this.#left = [];
    this.#endUpgrading();
    // What was said too late for the connection must not be the first thing that is said on the next.
    this.#socket.sendBuffer.length = 0;
    this.hears.lost(why);
  }
}

/** The one that worked first, then the others as they stand. */
export const inOrder = (
  transports: readonly SocketTransport[],
  worked: SocketTransport | null,
): SocketTransport[] => transports.toSorted((a, b) => Number(b === worked) - Number(a === worked));
