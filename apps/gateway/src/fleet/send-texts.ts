import { once } from 'node:events';
import type { Response } from 'express';
import { ProtocolError } from '#protocol';

/** Time that a client may keep a response waiting; it is earned back by reading. */
const PATIENCE_MS = 15_000;
/** Average rate below which a client uses up its time: about that of a slow mobile connection. */
const BYTES_PER_MS = 32;

/**
 * Streams texts as the body of a response, no faster than the client reads. Stops when the client disconnects, and closes
 * the connection of a client that stalls or reads slower than {@link BYTES_PER_MS}: it would hold its place among the
 * reads. When the body cannot be completed it closes the connection too, so that the client cannot mistake a part for the
 * whole.
 * @param textsOf receives a signal that aborts when the client has gone
 * @throws {ProtocolError} UNAVAILABLE, or what `textsOf` throws, before anything is sent
 */
export async function sendTexts(
  response: Response,
  headers: Record<string, string>,
  textsOf: (gone: AbortSignal) => AsyncIterable<string>,
): Promise<void> {
  const gone = new AbortController();
  const cutOff = () => response.destroy();
  // A client that disconnected while its request was checked: the response has emitted `close` already.
  if (response.destroyed) return;
  response.once('close', () => gone.abort());
  let patienceMs = PATIENCE_MS;
  try {
    for await (const text of textsOf(gone.signal)) {
      gone.signal.throwIfAborted();
      if (!response.headersSent) response.set(headers);
      patienceMs = Math.min(PATIENCE_MS, patienceMs + text.length / BYTES_PER_MS);
      if (!response.write(text)) patienceMs -= await drained(response, patienceMs, gone.signal);
    }
    response.end();
    // Not the timeout of the socket, which would outlast the response on a connection that is kept alive.
    const timer = setTimeout(cutOff, patienceMs);
    response.once('close', () => clearTimeout(timer));
  } catch (error) {
    if (gone.signal.aborted) return;
    if (response.headersSent) cutOff();
    else throw error instanceof ProtocolError ? error : new ProtocolError('UNAVAILABLE');
  }
}

/** Waits until the client has read what was written; destroys the response after `patienceMs`. @returns the wait, ms */
async function drained(response: Response, patienceMs: number, signal: AbortSignal): Promise<number> {
  const since = performance.now();
  const timer = setTimeout(() => response.destroy(), patienceMs);
  await once(response, 'drain', { signal }).finally(() => clearTimeout(timer));
  return performance.now() - since;
}
