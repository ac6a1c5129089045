import {
  type Answer,
  type AnswerTo,
  COUNTED_ACKS,
  type Hello,
  type Namespace,
  type PushArguments,
  type PushOf,
  type RequestOf,
  type Sent,
  type StreamEvents,
} from '#protocol';
import { Fallback } from '../http-fallback/fallback.js';
import { type Abortable, eventPromise } from '../util/event-promise.js';
import { onWake } from '../util/platform.js';
import type { ClientOptions } from './client-options.js';
import { ClockReader } from './clock-reader.js';
import { type ConnectionState, ConnectionStates, isUp } from './connection-state.js';
import { clientError, HexfleetError, isFinal, unavailable } from './errors.js';
import { GatewayMove } from './gateway-move.js';
import { NamespaceSocket } from './namespace-socket.js';
import { fullJitter, type ReconnectPolicy } from './reconnect-policy.js';
import { Renewal } from './renewal.js';
import { fetchToken, type TokenSource } from './token.js';

/** Receives an event; if it is kept in a feed, also the id of its entry. */
type Listener<N extends Namespace, E extends EventOf<N>> = (
  ...args: E extends PushOf<N>
    ? PushArguments<N, E>
    : E extends keyof StreamEvents
      ? [data: StreamEvents[E]]
      : never
) => void;

/** Events of a connection: pushes, and events of the HTTP streams. */
type EventOf<N extends Namespace> = PushOf<N> | keyof StreamEvents;

/** A connection that lasted this long resets the count of failures. */
const STABLE_MS = 5_000;

/** Namespaces that can fall back to HTTP; dispatch receives too much for it. */
const WITH_FALLBACK: readonly Namespace[] = ['/driver', '/rider'];

/**
 * A connection to one namespace: token, reconnection, typed requests with an answer, and the fallback to HTTP. Each
 * namespace has a connection of its own, so a failure of one does not affect the others.
 */
export class Connection<N extends Namespace = Namespace> {
  readonly #socket: NamespaceSocket;
  readonly #move: GatewayMove;
  readonly #fallback: Fallback | null;
  readonly #token: TokenSource;
  readonly #timeoutMs: number;
  readonly #reconnect: ReconnectPolicy;
  // Every namespace has the requests `clock` and `token`; the type of one alone does not say so.
  readonly #common = this as unknown as Connection;
  readonly #clockReader = new ClockReader(async () => (await this.#common.request('clock', {})).now);
  readonly clock = this.#clockReader.clock;
  readonly #renewal = new Renewal(this.clock, () => this.#renew());
  readonly #states = new ConnectionStates();
  #isOpen = false;
  /** number of the current attempt: a token that arrives after its attempt has ended is ignored */
  #attempt = 0;
  /** failures in a row */
  #failures = 0;
  #onlineAt = 0;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #offWake = () => {};

  /** @param options with the name of the device, which the service follows, for drivers */
  constructor(namespace: N, { url = '', ...options }: ClientOptions) {
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    const backoff = options.backoff ?? {};
    this.#reconnect = options.reconnect ?? fullJitter(backoff);
    const transports = options.transports ?? ['websocket', 'polling'];
    this.#socket = new NamespaceSocket(
      `${url}${namespace}`,
      transports,
      backoff,
      {
        onHello: (hello) => this.#onHello(hello),
        onNotMoved: (error) => this.#move.failed(error),
        onUpgrade: (transport) => this.#states.setTransport('online', transport),
        onLost: (reason) => {
          if (typeof reason === 'string' && this.#isOpen && this.state.state !== 'online') this.#fallBack();
          this.#lost(reason);
        },
      },
      { deviceId: options.deviceId, ...(namespace === '/driver' && { acks: COUNTED_ACKS }) },
    );
    this.#move = new GatewayMove(this.#socket, {
      isOnline: () => this.state.state === 'online',
      fetchToken: () => this.#fetchToken(),
      onBegin: () => this.#clockReader.attemptBegins(),
      backoff,
    });
    // To everything that watches, a new `hello` means a new connection, on which it loads its snapshot.
    this.#socket.on('resync', () => {
      const state = this.state;
      if (state.state === 'online') this.#states.set({ ...state, hello: { ...state.hello } });
    });
    const { deviceId } = options;
    const fallbackOptions = { url, deviceId, token: () => this.#fetchToken() };
    this.#fallback = !WITH_FALLBACK.includes(namespace)
      ? null
      : new Fallback(fallbackOptions, {
          event: (event, ...args) => this.#socket.deliver(event, ...args),
          ready: (hello, transport) => {
            this.#clockReader.start(hello.now, 'fallback');
            this.#states.set({ state: 'degraded', hello, transport });
          },
          changed: (transport) => this.#states.setTransport('degraded', transport),
          ended: (reason) => this.#fallbackEnded(reason),
        });
  }

  get state(): ConnectionState {
    return this.#states.current;
  }

  /** The `hello` of the current connection, a new object for each connection; null while there is none. */
  get hello(): Hello | null {
    return isUp(this.state) ? this.state.hello : null;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    return this.#states.onState(listener);
  }

  /** Like {@link onState}, and also when the same connection continues over another transport. */
  onChange(listener: (state: ConnectionState) => void): void {
    this.#states.onState(listener);
    this.#states.onTransport(listener);
  }

  /**
   * Resolves when the service has accepted the token and sent `hello`.
   * @throws {HexfleetError} the refusal of the token, or CLOSED; an abort stops the attempts only if this call began them
   */
  async open({ signal }: Abortable = {}): Promise<Hello> {
    signal?.throwIfAborted();
    if (this.hello !== null) return this.hello;
    const isFirst = !this.#isOpen;
    if (isFirst) this.#begin();
    else this.#retryNow();
    try {
      return await eventPromise<Hello>((resolve, reject) => {
        return this.onState((state) => {
          if (isUp(state)) resolve(state.hello);
          else if (state.state === 'refused') reject(state.error);
          else if (!this.#isOpen) reject(clientError('CLOSED'));
        });
      }, signal);
    } catch (error) {
      if (isFirst && signal?.aborted) this.close();
      throw error;
    }
  }

  /** Resolves when the clock is right, as far as the service can be asked. */
  checkClock(): Promise<void> {
    return this.#clockReader.check();
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#end();
    this.#socket.close();
    this.#states.set({ state: 'offline', reason: 'closed' });
  }

  on<E extends EventOf<N>>(event: E, listener: Listener<N, E>): void {
    this.#socket.on(event, listener as (...args: unknown[]) => void);
  }

  /**
   * Sends a request and resolves with its answer; waits for a connection while there is none.
   * @throws {HexfleetError} the refusal, UNAVAILABLE when no answer arrived in time, or CLOSED
   */
  request<E extends RequestOf<N>>(
    event: E,
    payload: Sent<N, E>,
    { signal }: Abortable = {},
  ): Promise<AnswerTo<N, E>> {
    type T = AnswerTo<N, E>;
    return eventPromise<T>((resolve, reject) => {
      const ended = new AbortController();
      let sentOn: number | null = null;
      const onAnswer = (answer: Answer<T>) =>
        answer.ok ? resolve(answer) : reject(new HexfleetError(answer));
      const send = () => {
        sentOn = this.#states.epoch;
        if (this.state.state === 'online') this.#socket.request(event, payload, onAnswer);
        else this.#fallback!.request(event, payload, ended).then((answer) => resolve(answer as T), reject);
      };
      const check = () => {
        const { hello } = this;
        if (!this.#isOpen) reject(clientError('CLOSED'));
        else if (sentOn === null && hello !== null) send();
        else if (sentOn !== null && sentOn !== this.#states.epoch)
          reject(unavailable(`The connection was lost before ${event} was answered`));
      };
      const off = this.onState(check);
      const timer = setTimeout(() => reject(unavailable(`No answer to ${event}`)), this.#timeoutMs);
      if (this.hello !== null || this.state.state === 'refused') check();
      return () => {
        off();
        clearTimeout(timer);
        ended.abort();
      };
    }, signal);
  }

  /**
   * Sends a request without asking for its answer.
   * @param more further arguments
   * @returns false when there is no socket, and nothing was sent
   */
  send<E extends RequestOf<N>>(event: E, payload: Sent<N, E>, ...more: number[]): boolean {
    if (this.state.state !== 'online') return false;
    this.#socket.send(event, payload, ...more);
    return true;
  }

  #begin(): void {
    this.#isOpen = true;
    this.#failures = 0;
    this.#offWake = onWake(() => {
      this.#retryNow();
      void this.checkClock();
    });
    this.#states.set({ state: 'connecting' });
    void this.#try();
  }

  #end(): void {
    this.#isOpen = false;
    this.#offWake();
    this.#renewal.stop();
    this.#clockReader.stop();
    this.#move.cancel();
    this.#fallback?.end();
    this.#attempt += 1;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
  }

  /** Ends the pause before the next attempt. */
  #retryNow(): void {
    if (this.#retryTimer !== null) void this.#try();
  }

  async #try(): Promise<void> {
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#retryTimer = null;
    this.#attempt += 1;
    const attempt = this.#attempt;
    try {
      const token = await this.#fetchToken();
      if (attempt !== this.#attempt) return;
      this.#clockReader.attemptBegins();
      this.#socket.connect(token);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#lost(isFinal(error) ? (error as HexfleetError) : `No token: ${(error as Error)?.message}`);
    }
  }

  /** @param reason why a connection or an attempt ended; a final refusal is not retried */
  #lost(reason: string | HexfleetError): void {
    this.#renewal.stop();
    this.#move.cancel();
    if (this.state.state !== 'degraded') this.#clockReader.stop();
    if (!this.#isOpen) return;
    const error = typeof reason === 'string' ? unavailable(reason) : reason;
    if (error.retry) this.#tryAgain(error);
    else this.#refused(error);
  }

  #refused(error: HexfleetError): void {
    this.#end();
    this.#socket.close();
    this.#states.set({ state: 'refused', error });
  }

  #onHello(hello: Hello): void {
    this.#onlineAt = performance.now();
    this.#clockReader.start(hello.now);
    if (typeof this.#token !== 'string') this.#renewal.start(hello);
    this.#fallback?.end();
    this.#states.set({ state: 'online', hello, transport: this.#socket.transport });
  }

  #fallBack(): void {
    if (this.state.state !== 'degraded') this.#clockReader.attemptBegins('fallback');
    void this.#fallback?.begin();
  }

  #fallbackEnded(reason: string | HexfleetError): void {
    if (typeof reason !== 'string') this.#refused(reason);
    else if (this.state.state === 'degraded') this.#states.set({ state: 'offline', reason });
  }

  #tryAgain(error: HexfleetError): void {
    if (this.state.state === 'online' && performance.now() - this.#onlineAt > STABLE_MS) this.#failures = 0;
    if (this.#retryTimer === null) {
      const pauseMs = this.#reconnect(this.#failures, error);
      if (pauseMs === null) {
        this.#refused(error);
        return;
      }
      this.#retryTimer = setTimeout(() => void this.#try(), Math.max(pauseMs, error.retryInMs));
      this.#failures += 1;
    }
    if (this.state.state !== 'degraded') this.#states.set({ state: 'offline', reason: error.message });
  }

  async #renew(): Promise<number> {
    const token = await this.#fetchToken();
    return (await this.#common.request('token', { token })).expiresAt;
  }

  #fetchToken(): Promise<string> {
    return eventPromise((resolve, reject) => {
      const timer = setTimeout(() => reject(unavailable('No token arrived in time')), this.#timeoutMs);
      fetchToken(this.#token).then(resolve, reject);
      return () => clearTimeout(timer);
    });
  }
}
