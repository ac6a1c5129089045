import { io, type Socket } from 'socket.io-client';
import { type Answer, type Failure, type Hello, isCode, type Namespace } from '#protocol';
import { HexfleetError, unavailable } from './errors.js';

/** A token, or a function that fetches one; it is asked before each connection attempt. */
export type TokenSource = string | (() => string | Promise<string>);

/** How a client connects. */
export type ClientOptions = {
  /** address of the service, for example `https://fleet.example.com`; in a page, its own origin by default */
  url?: string;
  /** of the user and the role; what is asked for comes before each attempt */
  token: TokenSource;
  /** tried in this order; WebSocket first by default */
  transports?: Array<'websocket' | 'polling'>;
  /** how long a request may take, ms; 10,000 by default */
  timeoutMs?: number;
};

/** `online` once the token was accepted; `refused` is final until the client is told to connect again. */
export type ConnectionState =
  | {
      /** not yet */
      state: 'connecting';
    }
  | {
      /** greeted by the service */
      state: 'online';
      /** what it said */
      hello: Hello;
    }
  | {
      /** connecting again by itself */
      state: 'offline';
      /** as Socket.IO names it */
      reason: string;
    }
  | {
      /** the token was not accepted */
      state: 'refused';
      /** why */
      error: HexfleetError;
    };

type Listener = (...args: never[]) => void;

/**
 * One namespace on one socket: token, reconnection, typed requests with an answer.
 * Every namespace gets a socket of its own, so that drivers, riders and dispatch fail apart.
 */
export class Connection {
  readonly socket: Socket;
  readonly #timeoutMs: number;
  readonly #listeners = new Set<(state: ConnectionState) => void>();
  #state: ConnectionState = { state: 'connecting' };

  constructor(namespace: Namespace, options: ClientOptions) {
    this.#timeoutMs = options.timeoutMs ?? 10_000;
    this.socket = io(`${options.url ?? ''}${namespace}`, {
      forceNew: true,
      autoConnect: false,
      transports: options.transports ?? ['websocket', 'polling'],
      timeout: 8_000,
      reconnectionDelay: 250,
      reconnectionDelayMax: 10_000,
      auth: (give) => {
        fetchToken(options.token).then(
          (token) => give({ token }),
          () => give({}),
        );
      },
    });
    this.socket.on('hello', (hello: Hello) => this.#become({ state: 'online', hello }));
    this.socket.on('disconnect', (reason) => {
      this.#become({ state: 'offline', reason });
      // The server ends a connection when its token expires; a new handshake brings a new token.
      if (reason === 'io server disconnect') this.socket.connect();
    });
    this.socket.on('connect_error', (error) => {
      const failure = (error as Error & { data?: Failure }).data;
      if (failure === undefined || !isCode(failure.code))
        return this.#become({ state: 'offline', reason: error.message });
      if (failure.retry) setTimeout(() => this.socket.connect(), 1_000);
      this.#become({ state: 'refused', error: new HexfleetError(failure) });
    });
  }

  get state(): ConnectionState {
    return this.#state;
  }

  onState(listener: (state: ConnectionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves when the service greeted this socket. @throws {HexfleetError} when it refuses the token. */
  open(): Promise<Hello> {
    this.socket.connect();
    if (this.#state.state === 'online') return Promise.resolve(this.#state.hello);
    return new Promise((resolve, reject) => {
      const off = this.onState((state) => {
        if (state.state === 'online') resolve(state.hello);
        else if (state.state === 'refused') reject(state.error);
        else return;
        off();
      });
    });
  }

  close(): void {
    this.socket.disconnect();
  }

  on(event: string, listener: Listener): void {
    this.socket.on(event, listener as (...args: unknown[]) => void);
  }

  /** @throws {HexfleetError} with the code of the refusal, or UNAVAILABLE when no answer came in time */
  async request<T extends object>(event: string, payload: unknown): Promise<T> {
    let answer: Answer<T>;
    try {
      answer = await this.socket.timeout(this.#timeoutMs).emitWithAck(event, payload);
    } catch {
      throw unavailable(`No answer to ${event}`);
    }
    if (!answer.ok) throw new HexfleetError(answer);
    return answer;
  }

  #become(state: ConnectionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}

const fetchToken = async (token: TokenSource): Promise<string> =>
  typeof token === 'string' ? token : token();
