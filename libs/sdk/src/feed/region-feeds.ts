import { FeedCursor, type RegionEvent } from '#protocol';
import type { Connection } from '../connection/connection.js';
import { isFinal } from '../connection/errors.js';
import { pollWhileConnected, resubscribe } from '../connection/while-connected.js';
import type { Abortable } from '../util/event-promise.js';

/** Handlers for the events of the regions. */
type Events = { event(event: RegionEvent): void; missed(region: string): void };

const KINDS = ['incident', 'alert', 'surge'] as const;

/** Events of the watched regions: each once and in order, resumed after a lost connection. */
export class RegionFeeds {
  readonly #connection: Connection<'/dispatch'>;
  readonly #events: Events;
  readonly #cursors = new Map<string, FeedCursor>();

  constructor(connection: Connection<'/dispatch'>, events: Events) {
    this.#connection = connection;
    this.#events = events;
    for (const event of KINDS)
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
        resume: (after) => this.#connection.request('region:watch', { region, after }, options),
        emit: (entry) => this.#events.event(entry as RegionEvent),
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
      await this.#connection.request('region:unwatch', { region }, options);
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
