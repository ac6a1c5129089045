import { Injectable } from '@nestjs/common';
import { crossingsRoom, type FeedPart, type KeptPushOf, type Pushed, regionRoom, userRoom } from '#protocol';
import { Hub, type Room } from '#realtime';
import { clock, type FeedOwner, Feeds, orUnavailable } from '#store';
import { GatewayMetrics } from '../metrics/gateway-metrics.js';

/** Namespace in which the owner of a feed is connected. */
type NamespaceOf<O extends FeedOwner> = O extends `region:${string}` | `crossings:${string}`
  ? '/dispatch'
  : O extends `rider:${string}`
    ? '/rider'
    : '/driver';

/** Delivers what must not be missed: first stored in the owner's feed, then pushed with the id of its entry. */
@Injectable()
export class FeedsService {
  constructor(
    private readonly feeds: Feeds,
    private readonly hub: Hub,
    private readonly metrics: GatewayMetrics,
  ) {}

  /**
   * Stores and pushes an event.
   * @param expiresAt time after which the event is useless, epoch ms
   * @throws {ProtocolError} UNAVAILABLE
   */
  async notify<O extends FeedOwner, E extends KeptPushOf<NamespaceOf<O>>>(
    owner: O,
    event: E,
    payload: Pushed<NamespaceOf<O>, E>,
    expiresAt: number | null = null,
  ): Promise<void> {
    const id = await orUnavailable(this.feeds.append(owner, { event, payload, expiresAt }, clock.now()));
    this.metrics.feedEntries.inc({ event });
    this.hub.emitKept(roomOf(owner), event, payload, id);
  }

  /**
   * Returns what an owner missed. The node subscribes to the owner's pushes first, so nothing falls in between.
   * @param after see {@link Feeds.since}
   */
  async resume(owner: FeedOwner, after: string | null): Promise<FeedPart> {
    const { namespace, room } = roomOf(owner);
    await this.hub.subscribed(namespace, [room]);
    return orUnavailable(this.feeds.since(owner, after, clock.now()));
  }
}

const ROOMS = { region: regionRoom, crossings: crossingsRoom, rider: userRoom, driver: userRoom };

function roomOf<O extends FeedOwner>(owner: O): Room<NamespaceOf<O>> {
  const [kind, id] = split(owner);
  const namespace = kind === 'rider' || kind === 'driver' ? `/${kind}` : '/dispatch';
  return { namespace: namespace as NamespaceOf<O>, room: ROOMS[kind](id) };
}

/** Splits at the first colon only: ids may contain colons. */
function split(owner: FeedOwner): [keyof typeof ROOMS, string] {
  const colon = owner.indexOf(':');
  return [owner.slice(0, colon) as keyof typeof ROOMS, owner.slice(colon + 1)];
}
