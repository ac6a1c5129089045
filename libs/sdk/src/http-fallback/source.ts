import type { HexfleetError } from '../connection/errors.js';

/** Transport of events over plain HTTP: server-sent events, or long polling where a proxy buffers those. */
export type FallbackTransport = 'events' | 'poll';

/** One event; if it has an `id`, the next request can resume after it. */
export type SourceEvent = { event: string; data: object; id: string | null };

/** Address of an event stream. */
export type Address = {
  /** address of the service */
  url: string;
  /** path below `/api/stream` and `/api/poll` */
  path: string;
  /** called for each request */
  token(): Promise<string>;
};

/** Handlers for the events of a {@link Source}; `refused` and `failed` are the last ones. */
export type SourceHandlers = {
  event(event: SourceEvent): void;
  /** the service refused the stream for good */
  refused(error: HexfleetError): void;
  /** this transport is blocked */
  failed(reason: string): void;
};

/** An open event stream, which reconnects by itself. */
export type Source = { close(): void };

/** @param after id of the event to resume after; null for a new stream */
export type OpenSource = (address: Address, after: string | null, handlers: SourceHandlers) => Source;
