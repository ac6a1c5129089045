import type { Role } from '#protocol';
import type { HexfleetError } from '../connection/errors.js';
import type { BackoffOptions } from '../connection/reconnect-policy.js';
import { retry } from '../connection/retry.js';
import { fetchToken, type TokenSource } from '../connection/token.js';
import { type RequestOptions, request } from '../http-fallback/http.js';
import { type Abortable, unlessAborted } from '../util/event-promise.js';
import { randomId } from '../util/platform.js';
import type { ChangeOptions } from './requests.js';

/** Options of a client of the REST API. */
export type ApiOptions = {
  /** address of the service; by default the origin of the page */
  url?: string;
  /** identifies the user; a function is called for each request */
  token: TokenSource;
  /** range of the random pause before a retry, whose upper bound doubles with each failure */
  backoff?: BackoffOptions;
};

/**
 * Client of the REST API without its requests, which the classes for each role add. Every method throws {@link HexfleetError}
 * on a refusal. Methods with {@link ChangeOptions} are retried while the service is unreachable or says that they may succeed
 * later, and take effect once all the same. The others are sent once.
 */
export class RestClient {
  readonly #options: ApiOptions;

  /** Creates a client for the service at `url`, which acts as the user of the token. */
  constructor(options: ApiOptions) {
    this.#options = options;
  }

  /** Sends a request once, as the user of the token; for routes that have no method. @throws {HexfleetError} */
  send<T>(method: string, path: string, body?: unknown, options: Abortable = {}): Promise<T> {
    return this.#send(method, path, body, options);
  }

  /** Reads something once. @throws {HexfleetError} */
  protected get<T>(path: string, options: Abortable): Promise<T> {
    return this.send('GET', path, undefined, options);
  }

  /** Sends a change, with retries that do not repeat it. */
  protected change<T>(
    method: string,
    path: string,
    body: unknown,
    { idempotencyKey = randomId(), ...options }: ChangeOptions,
  ): Promise<T> {
    const headers = { 'idempotency-key': idempotencyKey };
    const send = (signal: AbortSignal) => this.#send<T>(method, path, body, { signal, headers });
    return retry(send, options, this.#options.backoff);
  }

  async #send<T>(
    method: string,
    path: string,
    body: unknown,
    { signal, headers }: RequestOptions,
  ): Promise<T> {
    const { url = '', token } = this.#options;
    const bearer = await unlessAborted(fetchToken(token), signal);
    const authorized = { ...headers, authorization: `Bearer ${bearer}` };
    return request(`${url}${path}`, method, body, { signal, headers: authorized });
  }
}

/** Returns a token of the demo; a service in production has no such route. */
export async function devToken(role: Role, sub: string, url = '', options: Abortable = {}): Promise<string> {
  return (await request<{ token: string }>(`${url}/api/dev/tokens`, 'POST', { role, sub }, options)).token;
}

/** Template tag for a path, which encodes its values. */
export const path = (parts: TemplateStringsArray, ...values: string[]): string =>
  String.raw({ raw: parts }, ...values.map(encodeURIComponent));

/** Returns the query string for values, without those that are undefined. */
export const search = (query: object): string =>
  `?${new URLSearchParams(
    Object.entries(query)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]): [string, string] => [key, String(value)]),
  )}`;
