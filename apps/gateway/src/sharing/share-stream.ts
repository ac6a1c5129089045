import type { ServerResponse } from 'node:http';
import type { ShareEnd, ShareEvents } from '#protocol';
import { EventStream, type SendQueueOptions, type Signals } from '#realtime';
import type { Link, Links } from '#store';
import { clock } from '#store';
import { sharedEtaOf, sharedPositionOf, sharedViewOf } from '#trips';
import type { TripFollower, TripFollowers } from '../trips/trip-follower.js';

export type ShareSources = { links: Links; followers: TripFollowers; sendQueue: SendQueueOptions };

/** Stream of events for one person who follows a trip by a link. */
export class ShareStream {
  readonly #follower: TripFollower;
  readonly #stream: EventStream<ShareEvents>;
  readonly #expiry: NodeJS.Timeout;
  /** last data sent per event; the same data is not sent again */
  readonly #sent = new Map<keyof ShareEvents, string>();

  /** @param closed runs once, whichever side ends the stream */
  constructor(
    private readonly link: Link,
    private readonly sources: ShareSources,
    response: ServerResponse,
    closed: () => void,
  ) {
    this.#follower = sources.followers.follow(link.tripId, null, {
      trip: (trip) => {
        const { state, eta, driver } = sharedViewOf(trip, link);
        this.#send('state', { state, driver });
        if (eta !== null) this.#send('eta', eta);
      },
      position: (position) => this.#send('position', sharedPositionOf(position)),
      eta: ({ eta }) => this.#send('eta', sharedEtaOf(eta)),
      ended: ({ state }) => this.#end(state === 'completed' ? 'completed' : 'cancelled'),
      cut: () => this.#stream.close(),
      revoked: (link) => this.#revoked(link),
    });
    this.#expiry = setTimeout(() => this.#end('expired'), link.expiresAt - clock.now());
    this.#stream = new EventStream<ShareEvents>(response, sources.sendQueue, () => {
      clearTimeout(this.#expiry);
      this.#follower.close();
      closed();
    });
  }

  /** Never rejects: while Redis is unavailable the stream closes, and the client reconnects. */
  async begin(): Promise<void> {
    try {
      if (await this.#isValid()) await this.#follower.begin();
    } catch {
      this.#stream.close();
    }
  }

  /** Catches up on lost messages, which are sent only once. Never rejects. */
  async catchUp(): Promise<void> {
    try {
      if (await this.#isValid()) await this.#follower.refresh();
    } catch {
      // Redis is unavailable; the next check follows soon.
    }
  }

  /** Whether the link is still valid; ends the stream when it is not. */
  async #isValid(): Promise<boolean> {
    const now = clock.now();
    const isValid = await this.sources.links.holds(this.link, now);
    if (!isValid) this.#end(now < this.link.expiresAt ? 'revoked' : 'expired');
    return isValid;
  }

  #revoked({ digest }: Signals['link:revoked']): void {
    if (digest === null || digest === this.link.digest) this.#end('revoked');
  }

  #send<E extends keyof ShareEvents>(event: E, data: ShareEvents[E]): void {
    const text = JSON.stringify(data);
    if (this.#sent.get(event) === text) return;
    this.#sent.set(event, text);
    this.#stream.send(event, data);
  }

  #end(reason: ShareEnd['reason']): void {
    this.#stream.end('end', { reason });
  }
}
