import { once } from 'node:events';
import type { Response } from 'express';
import { ProtocolError } from '#protocol';

/** A client that reads nothing for this long counts as gone. */
const STALLED_MS = 30_000;
const MAX_MS = 10 * 60_000;

/**
 * Streams texts as the body of a response, no faster than the client reads. Stops when the client disconnects, and closes
 * the connection of a client that stalls or reads for over ten minutes. When the body cannot be completed it closes the
 * connection too, so that the client cannot mistake a part for the whole.
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
  response.setTimeout(STALLED_MS, cutOff);
  const timer = setTimeout(cutOff, MAX_MS);
  try {
    for await (const text of textsOf(gone.signal)) {
      gone.signal.throwIfAborted();
      if (!response.headersSent) response.set(headers);
      if (!response.write(text)) await once(response, 'drain', { signal: gone.signal });
    }
    response.end();
  } catch (error) {
    if (gone.signal.aborted) return;
    if (response.headersSent) cutOff();
    else throw error instanceof ProtocolError ? error : new ProtocolError('UNAVAILABLE');
  } finally {
    clearTimeout(timer);
  }
}
