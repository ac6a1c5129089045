import type { ServerResponse } from 'node:http';
import type { ShareEnd, ShareEvents } from '#protocol';
import { EventStream, type Signals } from '#realtime';
import type { Link, Links } from '#store';
import { sharedEtaOf, sharedPositionOf, sharedViewOf } from '#trips';
import { TripFollower, type TripSources } from '../trips/trip-follower.js';

export type ShareSources = TripSources & { links: Links };

/** Somebody who has a link and follows its trip: one stream of events. */
export class ShareStream {
  readonly #following: TripFollower;
  readonly #stream: EventStream;
  readonly #expiry: NodeJS.Timeout;
  /** What was told last; nobody is told the same again. */
  readonly #told = new Map<keyof ShareEvents, string>();

  /** @param closed it is over, whoever ended it; once */
  constructor(
    private readonly link: Link,
    private readonly sources: ShareSources,
    response: ServerResponse,
    closed: () => void,
  ) {
    this.#following = new TripFollower(
      link.tripId,
      sources,
      {
        trip: (trip) => {
          const { state, eta } = sharedViewOf(trip);
          this.#tell('state', { state });
          if (eta !== null) this.#tell('eta', eta);
        },
        position: (position) => this.#tell('position', sharedPositionOf(position)),
        eta: ({ eta }) => this.#tell('eta', sharedEtaOf(eta)),
        over: ({ state }) => this.#end(state === 'completed' ? 'completed' : 'cancelled'),
        cut: () => this.#stream.close(),
      },
      (event, payload) => event === 'link:revoked' && this.#revoked(payload as Signals['link:revoked']),
    );
    this.#expiry = setTimeout(() => this.#end('expired'), link.expiresAt - Date.now());
    this.#stream = new EventStream(response, () => {
      clearTimeout(this.#expiry);
      this.#following.close();
      closed();
    });
  }

  /** Never rejects: while Redis is away the stream closes, and the client comes again. */
  async begin(): Promise<void> {
    try {
      if (await this.#holds()) await this.#following.begin();
    } catch {
      this.#stream.close();
    }
  }

  /** Messages are sent once: what was missed is found here. Never rejects; while Redis is away nothing is known. */
  async catchUp(): Promise<void> {
    try {
      if (await this.#holds()) await this.#following.look();
    } catch {
      // The next look is soon there.
    }
  }

  /** Whether the link still opens anything; the stream ends when it does not. */
  async #holds(): Promise<boolean> {
    const now = Date.now();
    const holds = await this.sources.links.holds(this.link, now);
    if (!holds) this.#end(now < this.link.expiresAt ? 'revoked' : 'expired');
    return holds;
  }

  #revoked({ digest }: Signals['link:revoked']): void {
    if (digest === null || digest === this.link.digest) this.#end('revoked');
  }

  #tell<E extends keyof ShareEvents>(event: E, data: ShareEvents[E]): void {
    const text = JSON.stringify(data);
    if (this.#told.get(event) === text) return;
    this.#told.set(event, text);
    this.#stream.send(event, data);
  }

  #end(reason: ShareEnd['reason']): void {
    this.#stream.end('end', { reason } satisfies ShareEnd);
  }
}
