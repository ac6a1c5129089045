import type { Code } from '#protocol';
import { HexfleetError } from '../connection/errors.js';
import { withTimeout } from '../connection/retry.js';
import type { Abortable } from '../util/event-promise.js';
import { request } from './http.js';
import type { HttpFallback, HttpFallbackHandlers, HttpFallbackOptions } from './http-fallback.js';

/** Time in which the service must answer over plain HTTP. */
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Starts the {@link HttpFallback} when Socket.IO is blocked and plain HTTP is not. Its code is loaded only then, so a page
 * without a network does not request it in vain.
 */
export class Fallback {
  /** aborts the start or the fallback; null while neither runs */
  #running: AbortController | null = null;
  #fallback: HttpFallback | null = null;

  constructor(
    private readonly options: HttpFallbackOptions,
    private readonly handlers: HttpFallbackHandlers,
  ) {}

  /** Starts the fallback unless it is running. */
  async begin(): Promise<void> {
    if (this.#running !== null) return;
    const running = new AbortController();
    this.#running = running;
    try {
      await withTimeout((signal) => this.#probe(signal), PROBE_TIMEOUT_MS, running.signal);
      const { HttpFallback } = await import('./http-fallback.js');
      running.signal.throwIfAborted();
      this.#fallback = new HttpFallback(this.options, {
        ...this.handlers,
        ended: (reason) => this.#ended(reason),
      });
    } catch (error) {
      if (!running.signal.aborted) this.#ended(error instanceof HexfleetError ? error : String(error));
    }
  }

  /** @throws {HexfleetError} see {@link HttpFallback.request} */
  async request(event: string, payload: unknown, options: Abortable): Promise<object> {
    return this.#fallback!.request(event, payload, options);
  }

  end(): void {
    this.#running?.abort();
    this.#running = null;
    this.#fallback?.close();
    this.#fallback = null;
  }

  #ended(reason: string | HexfleetError): void {
    this.end();
    this.handlers.ended(typeof reason === 'string' || concernsToken(reason) ? reason : reason.message);
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const headers = { authorization: `Bearer ${await this.options.token()}` };
    const answer = await request<object | null>(`${this.options.url}/api/feed`, 'GET', undefined, {
      signal,
      headers,
    });
    if (answer === null || !('entries' in answer))
      throw new Error('The answer did not come from the service');
  }
}

/** Codes of refusals of a token. */
export const ABOUT_TOKENS = [
  'NO_TOKEN',
  'BAD_TOKEN',
  'TOKEN_EXPIRED',
  'BAD_CLAIMS',
  'WRONG_ROLE',
] as const satisfies Code[];

/** Whether the refusal is about the token. No other refusal is final here, though it may be for a request. */
const concernsToken = ({ code }: HexfleetError): boolean => ABOUT_TOKENS.some((one) => one === code);
