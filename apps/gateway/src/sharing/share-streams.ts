import { randomUUID } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { repeatedly } from '#ops';
import { ProtocolError } from '#protocol';
import type { SendQueueOptions } from '#realtime';
import { clock, type Link, Links, orUnavailable } from '#store';
import { SEND_QUEUE } from '../realtime/realtime.module.js';
import { TripFollowers } from '../trips/trip-follower.js';
import { ShareStream } from './share-stream.js';

const CHECK_INTERVAL_MS = 10_000;
/** Lifetime of a place, two checks and a half: the places of a node that died become free after it. */
const PLACE_MS = 25_000;

/** The streams of shared trips on this node; the number of places per link is limited across all nodes. */
@Injectable()
export class ShareStreams implements OnApplicationShutdown {
  /** by the id of their place */
  readonly #open = new Map<string, { stream: ShareStream; link: Link }>();
  readonly #checking: NodeJS.Timeout;

  constructor(
    private readonly links: Links,
    private readonly followers: TripFollowers,
    @Inject(SEND_QUEUE) private readonly sendQueue: SendQueueOptions,
  ) {
    this.#checking = repeatedly(CHECK_INTERVAL_MS, () => this.#check());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#checking);
  }

  /**
   * Answers with a stream of events, until the trip closes or the link ends.
   * @throws {ProtocolError} NO_SUCH_LINK, LINK_EXPIRED_OR_REVOKED, TOO_MANY_FOLLOWERS
   */
  async open(token: string, response: ServerResponse): Promise<void> {
    const link = await orUnavailable(this.links.find(token, clock.now()));
    const place = randomUUID();
    if (!(await orUnavailable(this.#keepPlace(link, place)))) throw new ProtocolError('TOO_MANY_FOLLOWERS');
    const { links, followers, sendQueue } = this;
    const stream = new ShareStream(link, { links, followers, sendQueue }, response, () => {
      this.#open.delete(place);
      this.links.leave(link, place).catch(() => {});
    });
    this.#open.set(place, { stream, link });
    await stream.begin();
  }

  async #check(): Promise<void> {
    for (const [place, { stream, link }] of this.#open) {
      await this.#keepPlace(link, place).catch(() => {});
      await stream.catchUp();
    }
  }

  #keepPlace(link: Link, place: string): Promise<boolean> {
    const now = clock.now();
    return this.links.admit(link, place, now, now + PLACE_MS);
  }
}
