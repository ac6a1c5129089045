import { errorOf, unavailable } from '../connection/errors.js';
import type { Abortable } from '../util/event-promise.js';

/** Options of a request. */
export type RequestOptions = Abortable & { headers?: Record<string, string> };

/** Sends a request and returns the JSON of the answer. @throws {HexfleetError} the refusal, or UNAVAILABLE */
export async function request<T>(
  url: string,
  method: string,
  body: unknown,
  { signal, headers = {} }: RequestOptions,
): Promise<T> {
  const init: RequestInit = { method, headers: { ...headers, 'content-type': 'application/json' } };
  if (signal !== undefined) init.signal = signal;
  if (body !== undefined) init.body = JSON.stringify(body);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(url, init);
    answer = await response.json().catch(() => null);
  } catch (error) {
    signal?.throwIfAborted();
    throw unavailable(`${method} ${url}: ${(error as Error).message}`);
  }
  signal?.throwIfAborted();
  if (response.ok) return answer as T;
  throw errorOf(answer) ?? unavailable(`${method} ${url} answered ${response.status}`);
}
