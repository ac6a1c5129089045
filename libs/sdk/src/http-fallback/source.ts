import type { HexfleetError } from '../connection/errors.js';

/** How events come over plain HTTP: server-sent events, or long polling where a proxy keeps those back. */
export type FallbackTransport = 'events' | 'poll';

/** One event; from an `id` on, the service goes on when it is asked again. */
export type SourceEvent = { event: string; data: object; id: string | null };

/** Where something is read. */
export type Address = {
  /** of the service */
  url: string;
  /** below `/api/stream` and `/api/poll` */
  path: string;
  /** asked for each request */
  token(): Promise<string>;
};

/** What is told by a {@link Source}; after `refused` and `failed` nothing more. */
export type SourceHears = {
  event(event: SourceEvent): void;
  /** the service will never answer this */
  refused(error: HexfleetError): void;
  /** nothing gets through this way */
  failed(reason: string): void;
};

/** Events that are read for as long as it is open, over breaks of its connection. */
export type Source = { close(): void };

/** @param after the id to go on from; null to begin */
export type OpenSource = (address: Address, after: string | null, hears: SourceHears) => Source;
