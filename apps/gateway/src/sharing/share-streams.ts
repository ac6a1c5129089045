import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { ProtocolError } from '#protocol';
import { Hub } from '#realtime';
import { FollowLog, type Link, Links, orUnavailable, Trips } from '#store';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { type ShareSources, ShareStream } from './share-stream.js';

const CHECK_INTERVAL_MS = 10_000;
/** A place is kept for as long as two looks take; those of a node that died are free then. */
const PLACE_MS = 25_000;

/** Those who follow a trip by a link, on this node. */
@Injectable()
export class ShareStreams implements OnApplicationShutdown {
  /** by the name of their place */
  readonly #open = new Map<string, { follower: ShareStream; link: Link }>();
  readonly #checking: NodeJS.Timeout;

  readonly #sources: ShareSources;

  constructor(
    private readonly links: Links,
    hub: Hub,
    trips: Trips,
    fleetView: FleetViewService,
    followLog: FollowLog,
  ) {
    this.#sources = { hub, links, trips, fleetView, followLog };
    this.#checking = repeatedly(CHECK_INTERVAL_MS, () => this.#check());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#checking);
  }

  /**
   * Answers with a stream of events, until the trip or the link is over.
   * @throws {ProtocolError} NO_SUCH_LINK, LINK_EXPIRED_OR_REVOKED, TOO_MANY_FOLLOWERS
   */
  async open(token: string, response: ServerResponse): Promise<void> {
    const link = await orUnavailable(this.links.find(token, Date.now()));
    const place = randomUUID();
    if (!(await orUnavailable(this.#keepPlace(link, place)))) throw new ProtocolError('TOO_MANY_FOLLOWERS');
    const follower = new ShareStream(link, this.#sources, response, () => {
      this.#open.delete(place);
      this.links.leave(link, place).catch(() => {});
    });
    this.#open.set(place, { follower, link });
    await follower.begin();
  }

  async #check(): Promise<void> {
    for (const [place, { follower, link }] of this.#open) {
      await this.#keepPlace(link, place).catch(() => {});
      await follower.catchUp();
    }
  }

  #keepPlace(link: Link, place: string): Promise<boolean> {
    const now = Date.now();
    return this.links.admit(link, place, now, now + PLACE_MS);
  }
}
