import type {
  Answer,
  AnswerTo,
  Hello,
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
import { onWake } from '../util/page.js';
import { type BackoffOptions, backoffMs } from './backoff.js';
import { failedHere, HexfleetError, isFinal, unavailable } from './errors.js';
import { Renewal } from './renewal.js';
import { SocketLine, type SocketTransport } from './socket-line.js';
import { fetchToken, type TokenSource } from './token.js';

/** What every client takes. */
export type ClientOptions = {
  /** address of the service, for example `https://fleet.example.com`; in a page, its own origin by default */
  url?: string;
  /** who this is; with a function, the connection gets a new token before the old one expires */
  token: TokenSource;
  /** of Socket.IO, tried in this order, the one that worked last first; by default WebSocket, then long polling */
  transports?: SocketTransport[];
  /** how long a request may take, ms; 10,000 by default */
  timeoutMs?: number;
  /** how long to wait before connecting again: any time up to the most, which doubles with each failure */
  backoff?: BackoffOptions;
};

/**
 * `connecting` until the first answer; `online` once the service accepted the token and said `hello`; `reading` while
 * Socket.IO does not pass and events are read over plain HTTP; `offline` while it tries again, or after it was closed;
 * `refused` is final, until `connect` is called again.
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
      /** what carries it; it is told again when WebSocket takes over from long polling */
      transport: SocketTransport;
    }
  | {
      /**
       * the token was accepted, but only plain HTTP passes: events come, later perhaps than on a socket, a driver's fixes
       * go out, and trips are changed; what else needs a socket is refused with `SOCKET_REQUIRED`. It goes on trying.
       */
      state: 'reading';
      /** what the service said of itself */
      hello: Hello;
      /** server-sent events; long polling where a proxy keeps those back */
      transport: FallbackTransport;
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

/** Whether events come. */
export const isUp = (state: ConnectionState): state is Extract<ConnectionState, { hello: Hello }> =>
  'hello' in state;

/** Takes an event; of one that is kept in a feed, the id of its entry as well. */
type Listener<N extends Namespace, E extends EventOf<N>> = (
  ...args: E extends PushOf<N>
    ? PushArguments<N, E>
    : E extends keyof StreamEvents
      ? [data: StreamEvents[E]]
      : never
) => void;

/** Events of a connection: pushes, and those of the streams over plain HTTP. */
type EventOf<N extends Namespace> = PushOf<N> | keyof StreamEvents;

/** A connection that lasted this long was a good one; what follows it is a new failure, not one more of the same. */
const HELD_MS = 5_000;

/** Dispatch watches too much for plain HTTP. */
const MAY_READ: readonly Namespace[] = ['/driver', '/rider'];

/**
 * One namespace, over what passes: token, reconnection, typed requests with an answer, and reading while there is nothing
 * better. Every namespace gets a connection of its own, so that drivers, riders and dispatch fail apart.
 */
export class Connection<N extends Namespace = Namespace> {
  readonly #line: SocketLine;
  readonly #fallback: Fallback | null;
  readonly #token: TokenSource;
  readonly #timeoutMs: number;
  readonly #backoff: BackoffOptions;
  readonly #renewal = new Renewal(() => this.#renew());
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  /** who is also told of another transport */
  readonly #watchers = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = { state: 'connecting' };
  #isOpen = false;
  /** counts the tries to connect: a token that comes too late belongs to none */
  #attempt = 0;
  /** tries that failed one after the other */
  #failures = 0;
  #onlineAt = 0;
  #retry: ReturnType<typeof setTimeout> | null = null;
  #offWake = () => {};

  constructor(namespace: N, { url = '', ...options }: ClientOptions) {
    this.#token = options.token;
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.#backoff = options.backoff ?? {};
    const transports = options.transports ?? ['websocket', 'polling'];
    this.#line = new SocketLine(`${url}${namespace}`, transports, this.#backoff, {
      greeted: (hello) => this.#greeted(hello),
      upgraded: (transport) => this.#carriedBy('online', transport),
      lost: (why) => {
        if (typeof why === 'string' && this.#isOpen && this.#state.state !== 'online')
          void this.#fallback?.begin();
        this.#lost(why);
      },
    });
    const mayRead = MAY_READ.includes(namespace);
    const reading = { url, token: () => this.#fetchToken() };
    this.#fallback = !mayRead
      ? null
      : new Fallback(reading, {
          event: (event, ...args) => this.#line.tell(event, ...args),
          ready: (hello, transport) => this.#become({ state: 'reading', hello, transport }),
          changed: (transport) => this.#carriedBy('reading', transport),
          ended: (why) => this.#endedReading(why),
        });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Of the connection that events come on, another one each time; null while there is none. */
  get hello(): Hello | null {
    return isUp(this.#state) ? this.#state.hello : null;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** As {@link onState}, and when the same connection goes on over another transport. */
  onChange(listener: (state: ConnectionState) => void): void {
    this.#listeners.add(listener);
    this.#watchers.add(listener);
  }

  /**
   * Resolves when the service greeted this client.
   * @throws {HexfleetError} when it refuses the token, or CLOSED; an abort ends the tries that this call began
   */
  async open({ signal }: Abortable = {}): Promise<Hello> {
    signal?.throwIfAborted();
    if (this.hello !== null) return this.hello;
    const isFirst = !this.#isOpen;
    if (isFirst) this.#begin();
    else this.#hurry();
    try {
      return await eventPromise<Hello>((resolve, reject) => {
        return this.onState((state) => {
          if (isUp(state)) resolve(state.hello);
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
    this.#line.close();
    this.#become({ state: 'offline', reason: 'closed' });
  }

  on<E extends EventOf<N>>(event: E, listener: Listener<N, E>): void {
    this.#line.on(event, listener as (...args: unknown[]) => void);
  }

  /**
   * Waits for the connection where there is none yet.
   * @throws {HexfleetError} with the code of the refusal, UNAVAILABLE when no answer came in time, or CLOSED
   */
  request<E extends RequestOf<N>>(
    event: E,
    payload: Sent<N, E>,
    { signal }: Abortable = {},
  ): Promise<AnswerTo<N, E>> {
    type T = AnswerTo<N, E>;
    return eventPromise<T>((resolve, reject) => {
      const ending = new AbortController();
      let sentOn: Hello | null = null;
      const take = (answer: Answer<T>) => (answer.ok ? resolve(answer) : reject(new HexfleetError(answer)));
      const send = (hello: Hello) => {
        sentOn = hello;
        if (this.#state.state === 'online') this.#line.ask(event, payload, take);
        else this.#fallback!.request(event, payload, ending).then((answer) => resolve(answer as T), reject);
      };
      const look = () => {
        const { hello } = this;
        if (!this.#isOpen) reject(failedHere('CLOSED'));
        else if (sentOn === null && hello !== null) send(hello);
        else if (sentOn !== hello)
          reject(unavailable(`The connection was lost before ${event} was answered`));
      };
      const off = this.onState(look);
      const timer = setTimeout(() => reject(unavailable(`No answer to ${event}`)), this.#timeoutMs);
      if (this.hello !== null || this.#state.state === 'refused') look();
      return () => {
        off();
        clearTimeout(timer);
        ending.abort();
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
    this.#fallback?.end();
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
      this.#line.connect(token);
    } catch (error) {
      if (attempt !== this.#attempt) return;
      this.#lost(isFinal(error) ? (error as HexfleetError) : `No token: ${(error as Error)?.message}`);
    }
  }

  /** @param why what ended a connection or a try; a refusal that is final is not tried again */
  #lost(why: string | HexfleetError): void {
    this.#renewal.stop();
    if (!this.#isOpen) return;
    if (typeof why === 'string' || why.retry) this.#tryAgain(typeof why === 'string' ? why : why.message);
    else this.#refused(why);
  }

  #refused(error: HexfleetError): void {
    this.#end();
    this.#line.close();
    this.#become({ state: 'refused', error });
  }

  #greeted(hello: Hello): void {
    this.#onlineAt = performance.now();
    if (typeof this.#token !== 'string') this.#renewal.start(hello);
    this.#fallback?.end();
    this.#become({ state: 'online', hello, transport: this.#line.transport });
  }

  #endedReading(why: string | HexfleetError): void {
    if (typeof why !== 'string') this.#refused(why);
    else if (this.#state.state === 'reading') this.#become({ state: 'offline', reason: why });
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
    if (this.#state.state !== 'reading') this.#become({ state: 'offline', reason });
  }

  async #renew(): Promise<number> {
    const token = await this.#fetchToken();
    // Of any namespace: what they all have in common.
    const connection = this as unknown as Connection;
    return (await connection.request('token', { token })).expiresAt;
  }

  #fetchToken(): Promise<string> {
    return eventPromise((resolve, reject) => {
      const timer = setTimeout(() => reject(unavailable('No token came in time')), this.#timeoutMs);
      fetchToken(this.#token).then(resolve, reject);
      return () => clearTimeout(timer);
    });
  }

  #carriedBy(state: 'online' | 'reading', transport: SocketTransport | FallbackTransport): void {
    if (this.#state.state !== state) return;
    this.#state = { ...this.#state, transport } as ConnectionState;
    for (const listener of [...this.#watchers]) listener(this.#state);
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
