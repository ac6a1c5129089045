import type { Fix } from '#protocol';

/** A fix in an outbox; the same object from the time it is added or loaded until it is removed. */
export type OutboxEntry = {
  /** as the app gave it */
  readonly fix: Fix;
};

/**
 * Storage of an outbox, so that its fixes survive the app. Calls are sequential, `load` first. If one fails, the outbox
 * continues in memory and still makes the later calls.
 */
export interface OutboxStore {
  /** Returns the fixes that earlier runs left, oldest first. */
  load(): Promise<OutboxEntry[]>;
  /** Appends entries in this order. */
  add(entries: OutboxEntry[]): Promise<void>;
  /** Removes entries that the service has stored or refused. Some may be unknown. */
  remove(entries: OutboxEntry[]): Promise<void>;
}

/** Stores nothing: the fixes of the outbox end with the process. */
export const memoryOutbox = (): OutboxStore => ({
  load: async () => [],
  add: async () => {},
  remove: async () => {},
});
