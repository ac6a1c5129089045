import { io, type Socket } from 'socket.io-client';
import { type Answer, type Failure, type Hello, isCode, type Namespace } from '#protocol';
import { type BackoffOptions, backoffMs } from './backoff.js';
import { failedHere, HexfleetError, isFinal, unavailable } from './errors.js';
import { onWake } from './page.js';
import { Renewal } from './renewal.js';
import { type Abortable, settled } from './settled.js';
import { fetchToken, type TokenSource } from './token.js';

/** What every client takes. */
export type ClientOptions = {
  /** address of the service, for example `https://fleet.example.com`; in a page, its own origin by default */
  url?: string;
  /** who this is; with a function, the connection gets a new token before the old one expires */
  token: TokenSource;
  /** tried in this order; WebSocket first by default */
  transports?: Array<'websocket' | 'polling'>;
  /** how long a request may take, ms; 10,000 by default */
  timeoutMs?: number;
  /** how long to wait before connecting again: any time up to the most, which doubles with each failure */
  backoff?: BackoffOptions;
};

/**
 * `connecting` until the first answer; `online` once the service accepted the token and said `hello`; `offline` while it
 * tries again, or after it was closed; `refused` is final, until `connect` is called again.
 */
export type ConnectionState =
  | {
      /** no answer yet */
      state: 'connecting';
    }
  | {
      /** the token was accepted */
      state: 'online';
      /** what the service said of itself */
      hello: Hello;
    }
  | {
      /** it tries again by itself, unless it was closed */
      state: 'offline';
      /** why, for a log; `closed` after it was closed */
      reason: string;
    }
  | {
      /** it does not try again by itself */
      state: 'refused';
      /** why, with the code of the service */
      error: HexfleetError;
    };

type Listener = (...args: never[]) => void;

/** A connection that lasted this long was a good one; what follows it is a new failure, not one more of the same. */
const HELD_MS = 5_000;

/**
 * One namespace on one socket: token, reconnection, typed requests with an answer.
 * Every namespace gets a socket of its own, so that drivers, riders and dispatch fail apart.
 */
export class Connection {
  readonly #socket: Socket;
  readonly #token: TokenSource;
  readonly #timeoutMs: number;
  readonly #backoff: BackoffOptions;
  readonly #renewal = new Renewal(() => this.#renew());
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = { state: 'connecting' };
  #isOpen = false;
  /** counts the tries to connect: a token that comes too late belongs to none */
  #attempt = 0;
  /** tries that failed one after the other */
  #failures = 0;
  #onlineAt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #offWake = () => {};

  constructor(namespace: Namespace, options: ClientOptions) {
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#backoff = options.backoff ?? {};
    this.#socket = io(`${options.url ?? ''}${namespace}`, {
      forceNew: true,
      autoConnect: false,
      transports: options.transports ?? ['websocket', 'polling'],
      // Long polling where no WebSocket passes.
      tryAllTransports: true,
      timeout: 8_000,
      // Done here: with a token that is fetched first, and with full jitter.
      reconnection: false,
    });
    this.#socket.on('hello', (hello: Hello) => {
      this.#onlineAt = performance.now();
      if (typeof this.#token !== 'string') this.#renewal.start(hello);
      this.#become({ state: 'online', hello });
    });
    this.#socket.on('disconnect', (reason) => this.#lost(reason));
    this.#socket.on('connect_error', (error) => {
      const failure = (error as Error & { data?: Failure }).data;
      this.#lost(isCode(failure?.code) ? new HexfleetError(failure!) : error.message);
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Resolves when the service greeted this socket.
   * @throws {HexfleetError} when it refuses the token, or CLOSED; an abort ends the tries that this call began
   */
  async open({ signal }: Abortable = {}): Promise<Hello> {
    signal?.throwIfAborted();
    if (this.#state.state === 'online') return this.#state.hello;
    const isFirst = !this.#isOpen;
    if (isFirst) this.#begin();
    else this.#hurry();
    try {
      return await settled<Hello>((resolve, reject) => {
        return this.onState((state) => {
          if (state.state === 'online') resolve(state.hello);
          else if (state.state === 'refused') reject(state.error);
          else if (!this.#isOpen) reject(failedHere('CLOSED'));
        });
      }, signal);
    } catch (error) {
      if (isFirst && signal?.aborted) this.close();
      throw error;
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#end();
    this.#socket.disconnect();
    this.#become({ state: 'offline', reason: 'closed' });
  }

  on(event: string, listener: Listener): void {
    this.#socket.on(event, listener as (...args: unknown[]) => void);
  }

  /**
   * Waits for the connection where there is none yet.
   * @throws {HexfleetError} with the code of the refusal, UNAVAILABLE when no answer came in time, or CLOSED
   */
  request<T extends object>(event: string, payload: unknown, { signal }: Abortable = {}): Promise<T> {
    return settled<T>((resolve, reject) => {
      let isSent = false;
      const take = (answer: Answer<T>) => (answer.ok ? resolve(answer) : reject(new HexfleetError(answer)));
      const look = ({ state }: ConnectionState) => {
        if (state !== 'online') {
          if (!this.#isOpen) reject(failedHere('CLOSED'));
          else if (isSent) reject(unavailable(`The connection was lost before ${event} was answered`));
        } else if (!isSent) {
          isSent = true;
          this.#socket.emit(event, payload, take);
        }
      };
      const off = this.onState(look);
      const timer = setTimeout(() => reject(unavailable(`No answer to ${event}`)), this.#timeoutMs);
      if (this.#state.state === 'online' || this.#state.state === 'refused') look(this.#state);
      return () => {
        off();
        clearTimeout(timer);
      };
    }, signal);
  }

  #begin(): void {
    this.#isOpen = true;
    this.#failures = 0;
    this.#offWake = onWake(() => this.#hurry());
    this.#become({ state: 'connecting' });
    void this.#try();
  }

  #end(): void {
    this.#isOpen = false;
    this.#offWake();
    this.#renewal.stop();
    this.#attempt += 1;
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
  }

  /** Tries at once where it was waiting to. */
  #hurry(): void {
    if (this.#retry !== null) void this.#try();
  }

  async #try(): Promise<void> {
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#retry = null;
    this.#attempt += 1;
    const attempt = this.#attempt;
    try {
      const token = await this.#fetchToken();
      if (attempt !== this.#attempt) return;
      this.#socket.auth = { token };
      this.#socket.connect();
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#lost(isFinal(error) ? (error as HexfleetError) : `No token: ${(error as Error)?.message}`);
    }
  }

  /** @param why what ended a connection or a try; a refusal that is final is not tried again */
  #lost(why: string | HexfleetError): void {
    this.#renewal.stop();
    // What was said too late for the connection must not be the first thing that is said on the next.
    this.#socket.sendBuffer.length = 0;
    if (!this.#isOpen) return;
    if (typeof why === 'string' || why.retry) this.#tryAgain(typeof why === 'string' ? why : why.message);
    else {
      this.#end();
      this.#become({ state: 'refused', error: why });
    }
  }

  #tryAgain(reason: string): void {
    if (this.#state.state === 'online' && performance.now() - this.#onlineAt > HELD_MS) this.#failures = 0;
    if (this.#retry === null) {
      this.#retry = setTimeout(
        () => void this.#try(),
        backoffMs(this.#failures, Math.random(), this.#backoff),
      );
      this.#failures += 1;
    }
    this.#become({ state: 'offline', reason });
  }

  async #renew(): Promise<number> {
    const token = await this.#fetchToken();
    return (await this.request<{ expiresAt: number }>('token', { token })).expiresAt;
  }

  #fetchToken(): Promise<string> {
    return settled((resolve, reject) => {
      const timer = setTimeout(() => reject(unavailable('No token came in time')), this.#timeoutMs);
      fetchToken(this.#token).then(resolve, reject);
      return () => clearTimeout(timer);
    });
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
