import type { Fix } from '#protocol';

/** A fix in an outbox. It stays the same object from when it is added or loaded until it is removed. */
export type OutboxEntry = {
  /** as the app gave it */
  readonly fix: Fix;
};

/**
 * Where an outbox keeps its fixes, so that they outlive the app. Calls follow each other, one at a time, `load` first.
 * When one fails, the outbox goes on in memory, and still calls with what comes later.
 */
export interface OutboxStore {
  /** What earlier runs left, oldest first. */
  load(): Promise<OutboxEntry[]>;
  /** Keeps these, in this order, after those that it has. */
  add(entries: OutboxEntry[]): Promise<void>;
  /** Forgets these: the service has them, or will never take them. Some may be unknown. */
  remove(entries: OutboxEntry[]): Promise<void>;
}
