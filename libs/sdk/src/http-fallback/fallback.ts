import { CODES, isCode } from '#protocol';
import { HexfleetError } from '../connection/errors.js';
import { limited } from '../connection/retry.js';
import type { Abortable } from '../util/event-promise.js';
import { send } from './http.js';
import type { HttpFallback, HttpFallbackHandlers, HttpFallbackOptions } from './http-fallback.js';

/** So long the service may take to answer over plain HTTP. */
const PROBE_MS = 5_000;

/**
 * What is left when Socket.IO does not pass: reading over plain HTTP, if that does. The code for it is loaded only then,
 * so a page without a network does not ask for it in vain.
 */
export class Fallback {
  /** of what is under way; null while nothing is */
  #ending: AbortController | null = null;
  #reading: HttpFallback | null = null;

  constructor(
    private readonly options: HttpFallbackOptions,
    private readonly hears: HttpFallbackHandlers,
  ) {}

  /** Unless it has begun. */
  async begin(): Promise<void> {
    if (this.#ending !== null) return;
    const ending = new AbortController();
    this.#ending = ending;
    try {
      await limited((signal) => this.#probe(signal), PROBE_MS, ending.signal);
      const { HttpFallback } = await import('./http-fallback.js');
      ending.signal.throwIfAborted();
      this.#reading = new HttpFallback(this.options, { ...this.hears, ended: (why) => this.#ended(why) });
    } catch (error) {
      if (!ending.signal.aborted) this.#ended(error instanceof HexfleetError ? error : String(error));
    }
  }

  /** @throws {HexfleetError} see {@link HttpFallback.request} */
  async request(event: string, payload: unknown, options: Abortable): Promise<object> {
    return this.#reading!.request(event, payload, options);
  }

  end(): void {
    this.#ending?.abort();
    this.#ending = null;
    this.#reading?.close();
    this.#reading = null;
  }

  #ended(why: string | HexfleetError): void {
    this.end();
    this.hears.ended(typeof why === 'string' || isOfToken(why) ? why : why.message);
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const headers = { authorization: `Bearer ${await this.options.token()}` };
    const answer = await send<object | null>(`${this.options.url}/api/feed`, 'GET', undefined, {
      signal,
      headers,
    });
    if (answer === null || !('entries' in answer)) throw new Error('Something else answered');
  }
}

/** Whether another try needs another token: nothing else is final, as it may be for a request. */
const isOfToken = ({ code }: HexfleetError): boolean =>
  isCode(code) && (CODES[code].status === 401 || code === 'WRONG_ROLE');
