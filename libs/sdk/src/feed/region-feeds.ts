import { type CrossingEvent, FeedCursor, type RegionEvent } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { isFinal } from '../connection/errors.js';
import { pollWhileConnected, resubscribe } from '../connection/while-connected.js';
import type { Abortable } from '../util/event-promise.js';

/** One of the feeds that each region has. */
type Source<E extends RegionEvent> = {
  watch: 'region:watch' | 'crossings:watch';
  unwatch: 'region:unwatch' | 'crossings:unwatch';
  kinds: readonly E['event'][];
};

/** Handlers for the events of the regions. */
type Events<E> = { event(event: E): void; missed(region: string): void };

export const EVENTS: Source<Exclude<RegionEvent, CrossingEvent>> = {
  watch: 'region:watch',
  unwatch: 'region:unwatch',
  kinds: ['incident', 'alert', 'surge', 'area:alert', 'area:withdrawn'],
};

export const CROSSINGS: Source<CrossingEvent> = {
  watch: 'crossings:watch',
  unwatch: 'crossings:unwatch',
  kinds: ['zone:entered', 'zone:left', 'zone:dwelled'],
};

/** Events of one feed of each watched region: each once and in order, resumed after a lost connection. */
export class RegionFeeds<E extends RegionEvent> {
  readonly #connection: Connection<'/dispatch'>;
  readonly #source: Source<E>;
  readonly #events: Events<E>;
  readonly #cursors = new Map<string, FeedCursor>();

  constructor(connection: Connection<'/dispatch'>, source: Source<E>, events: Events<E>) {
    this.#connection = connection;
    this.#source = source;
    this.#events = events;
    for (const event of source.kinds)
      connection.on(event, (payload, id?: string) => {
        const { region } = payload;
        this.#cursors
          .get(region)
          ?.push({ id: id!, event, payload })
          ?.catch(() => this.#resubscribe(region));
      });
    pollWhileConnected(connection, () => {
      for (const region of this.#cursors.keys()) this.#resubscribe(region);
    });
  }

  /** @returns the id of the latest event, from which a later watch resumes */
  async watch(region: string, after: string | null, options: Abortable): Promise<string> {
    const cursor = new FeedCursor(
      {
        resume: (after) => this.#connection.request(this.#source.watch, { region, after }, options),
        emit: (entry) => this.#events.event(entry as E),
        lost: () => this.#events.missed(region),
      },
      after,
    );
    this.#cursors.set(region, cursor);
    try {
      await cursor.resume();
      return cursor.last!;
    } catch (error) {
      if (options.signal?.aborted || isFinal(error)) this.#cursors.delete(region);
      else this.#resubscribe(region);
      throw error;
    }
  }

  async unwatch(region: string, options: Abortable): Promise<void> {
    if (this.#cursors.delete(region) && this.#connection.hello !== null)
      await this.#connection.request(this.#source.unwatch, { region }, options);
  }

  #resubscribe(region: string): void {
    const cursor = this.#cursors.get(region);
    if (cursor === undefined) return;
    void resubscribe(
      this.#connection,
      () => this.#cursors.get(region) === cursor,
      () => cursor.resume(),
    );
  }
}
