import type {
  Answer,
  AnswerTo,
  Hello,
  Leaving,
  Namespace,
  PushArguments,
  PushOf,
  RequestOf,
  Sent,
  StreamEvents,
} from '#protocol';
import { Fallback } from '../http-fallback/fallback.js';
import type { FallbackTransport } from '../http-fallback/source.js';
import { type Abortable, eventPromise } from '../util/event-promise.js';
import { onWake } from '../util/platform.js';
import { ServiceClock } from './clock.js';
import { ClockReader } from './clock-reader.js';
import { clientError, HexfleetError, isFinal, unavailable } from './errors.js';
import { NamespaceSocket } from './namespace-socket.js';
import { type BackoffOptions, fullJitter, type ReconnectPolicy } from './reconnect-policy.js';
import { Renewal } from './renewal.js';
import type { SocketTransport } from './socketio-internals.js';
import { fetchToken, type TokenSource } from './token.js';

/** Options of every client. */
export type ClientOptions = {
  /** address of the service, for example `https://fleet.example.com`; by default the origin of the page */
  url?: string;
  /** identifies the user; a function lets the client renew the token before it expires */
  token: TokenSource;
  /** Socket.IO transports in the order to try them; the one that worked last goes first. WebSocket, then long polling by default */
  transports?: SocketTransport[];
  /** timeout of a request, ms; 10,000 by default */
  timeoutMs?: number;
  /** range of the random pause before a retry, whose upper bound doubles with each failure */
  backoff?: BackoffOptions;
  /** replaces the default policy, which reconnects forever with full jitter within `backoff` */
  reconnect?: ReconnectPolicy;
};

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
  readonly #fallback: Fallback | null;
  readonly #token: TokenSource;
  readonly #timeoutMs: number;
  readonly #reconnect: ReconnectPolicy;
  readonly clock = new ServiceClock();
  // Every namespace has the requests `clock` and `token`; the type of one alone does not say so.
  readonly #common = this as unknown as Connection;
  readonly #clockReader = new ClockReader(
    this.clock,
    async () => (await this.#common.request('clock', {})).now,
  );
  readonly #renewal = new Renewal(this.clock, () => this.#renew());
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  /** also notified when only the transport changes */
  readonly #transportListeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = { state: 'connecting' };
  #isOpen = false;
  /** number of the current attempt: a token that arrives after its attempt has ended is ignored */
  #attempt = 0;
  /** failures in a row */
  #failures = 0;
  #onlineAt = 0;
  /** when the current attempt began to connect, and when the fallback did, by `performance.now()` */
  #triedAt = 0;
  #fellBackAt = 0;
  /** counts the connections; one that takes over from another without a pause is not counted: the answers still arrive */
  #epoch = 0;
  #moveTimer: ReturnType<typeof setTimeout> | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;
  #offWake = () => {};

  /** @param options with the name of the device, which the service follows, for drivers */
  constructor(namespace: N, { url = '', ...options }: ClientOptions & { deviceId?: string | undefined }) {
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
        onUpgrade: (transport) => this.#transportChanged('online', transport),
        onLost: (reason) => {
          if (typeof reason === 'string' && this.#isOpen && this.#state.state !== 'online') this.#fallBack();
          this.#lost(reason);
        },
      },
      { deviceId: options.deviceId },
    );
    this.#socket.on('leaving', (leaving) => {
      clearTimeout(this.#moveTimer);
      this.#moveTimer = setTimeout(() => this.#move(), (leaving as Leaving).retryInMs);
    });
    // To everything that watches, a new `hello` means a new connection, on which it loads its snapshot.
    this.#socket.on('resync', () => {
      const state = this.#state;
      if (state.state === 'online') this.#setState({ ...state, hello: { ...state.hello } });
    });
    const { deviceId } = options;
    const fallbackOptions = { url, deviceId, token: () => this.#fetchToken() };
    this.#fallback = !WITH_FALLBACK.includes(namespace)
      ? null
      : new Fallback(fallbackOptions, {
          event: (event, ...args) => this.#socket.deliver(event, ...args),
          ready: (hello, transport) => {
            this.#clockReader.start(hello.now, this.#fellBackAt);
            this.#setState({ state: 'degraded', hello, transport });
          },
          changed: (transport) => this.#transportChanged('degraded', transport),
          ended: (reason) => this.#fallbackEnded(reason),
        });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** The `hello` of the current connection, a new object for each connection; null while there is none. */
  get hello(): Hello | null {
    return isUp(this.#state) ? this.#state.hello : null;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Like {@link onState}, and also when the same connection continues over another transport. */
  onChange(listener: (state: ConnectionState) => void): void {
    this.#listeners.add(listener);
    this.#transportListeners.add(listener);
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
    this.#setState({ state: 'offline', reason: 'closed' });
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
        sentOn = this.#epoch;
        if (this.#state.state === 'online') this.#socket.request(event, payload, onAnswer);
        else this.#fallback!.request(event, payload, ended).then((answer) => resolve(answer as T), reject);
      };
      const check = () => {
        const { hello } = this;
        if (!this.#isOpen) reject(clientError('CLOSED'));
        else if (sentOn === null && hello !== null) send();
        else if (sentOn !== null && sentOn !== this.#epoch)
          reject(unavailable(`The connection was lost before ${event} was answered`));
      };
      const off = this.onState(check);
      const timer = setTimeout(() => reject(unavailable(`No answer to ${event}`)), this.#timeoutMs);
      if (this.hello !== null || this.#state.state === 'refused') check();
      return () => {
        off();
        clearTimeout(timer);
        ended.abort();
      };
    }, signal);
  }

  #begin(): void {
    this.#isOpen = true;
    this.#failures = 0;
    this.#offWake = onWake(() => {
      this.#retryNow();
      void this.checkClock();
    });
    this.#setState({ state: 'connecting' });
    void this.#try();
  }

  #end(): void {
    this.#isOpen = false;
    this.#offWake();
    this.#renewal.stop();
    this.#clockReader.stop();
    clearTimeout(this.#moveTimer);
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
      this.#triedAt = performance.now();
      this.#socket.connect(token);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#lost(isFinal(error) ? (error as HexfleetError) : `No token: ${(error as Error)?.message}`);
    }
  }

  /** @param reason why a connection or an attempt ended; a final refusal is not retried */
  #lost(reason: string | HexfleetError): void {
    this.#renewal.stop();
    if (this.#state.state !== 'degraded') this.#clockReader.stop();
    if (!this.#isOpen) return;
    const error = typeof reason === 'string' ? unavailable(reason) : reason;
    if (error.retry) this.#tryAgain(error);
    else this.#refused(error);
  }

  #refused(error: HexfleetError): void {
    this.#end();
    this.#socket.close();
    this.#setState({ state: 'refused', error });
  }

  #onHello(hello: Hello): void {
    this.#onlineAt = performance.now();
    this.#clockReader.start(hello.now, this.#triedAt);
    if (typeof this.#token !== 'string') this.#renewal.start(hello);
    this.#fallback?.end();
    this.#setState({ state: 'online', hello, transport: this.#socket.transport });
  }

  #fallBack(): void {
    if (this.#state.state !== 'degraded') this.#fellBackAt = performance.now();
    void this.#fallback?.begin();
  }

  #fallbackEnded(reason: string | HexfleetError): void {
    if (typeof reason !== 'string') this.#refused(reason);
    else if (this.#state.state === 'degraded') this.#setState({ state: 'offline', reason });
  }

  #tryAgain(error: HexfleetError): void {
    if (this.#state.state === 'online' && performance.now() - this.#onlineAt > STABLE_MS) this.#failures = 0;
    if (this.#retryTimer === null) {
      const pauseMs = this.#reconnect(this.#failures, error);
      if (pauseMs === null) {
        this.#refused(error);
        return;
      }
      this.#retryTimer = setTimeout(() => void this.#try(), pauseMs);
      this.#failures += 1;
    }
    if (this.#state.state !== 'degraded') this.#setState({ state: 'offline', reason: error.message });
  }

  /** Changes over to a connection to another gateway. If that fails, this one lasts until the gateway ends it. */
  async #move(): Promise<void> {
    const token = await this.#fetchToken().catch(() => null);
    if (token === null || this.#state.state !== 'online') return;
    this.#triedAt = performance.now();
    this.#socket.move(token);
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

  #transportChanged(state: 'online' | 'degraded', transport: SocketTransport | FallbackTransport): void {
    if (this.#state.state !== state) return;
    this.#state = { ...this.#state, transport } as ConnectionState;
    for (const listener of [...this.#transportListeners]) listener(this.#state);
  }

  #setState(state: ConnectionState): void {
    if (state.state !== 'online' || this.#state.state !== 'online') this.#epoch += 1;
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
