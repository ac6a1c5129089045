import { Injectable } from '@nestjs/common';
import { type FeedPart, type KeptPushOf, type Pushed, regionRoom, userRoom } from '#protocol';
import { Hub, type Room } from '#realtime';
import { type FeedOwner, Feeds, orUnavailable } from '#store';

/** Where the owner of a feed is connected. */
type NamespaceOf<O extends FeedOwner> = O extends `region:${string}`
  ? '/dispatch'
  : O extends `rider:${string}`
    ? '/rider'
    : '/driver';

/** Tells somebody something that must not be missed: kept first, then pushed with its number in the feed. */
@Injectable()
export class FeedsService {
  constructor(
    private readonly feeds: Feeds,
    private readonly hub: Hub,
  ) {}

  /** @param expiresAt when it is of no use any more, epoch ms */
  async notify<O extends FeedOwner, E extends KeptPushOf<NamespaceOf<O>>>(
    owner: O,
    event: E,
    payload: Pushed<NamespaceOf<O>, E>,
    expiresAt: number | null = null,
  ): Promise<void> {
    const id = await orUnavailable(this.feeds.append(owner, { event, payload, expiresAt }, Date.now()));
    this.hub.emitKept(roomOf(owner), event, payload, id);
  }

  /**
   * What an owner missed. Its pushes reach this node from before that on, so nothing falls in between.
   * @param after see {@link Feeds.since}
   */
  async resume(owner: FeedOwner, after: string | null): Promise<FeedPart> {
    const { namespace, room } = roomOf(owner);
    await this.hub.subscribed(namespace, [room]);
    return orUnavailable(this.feeds.since(owner, after, Date.now()));
  }
}

function roomOf<O extends FeedOwner>(owner: O): Room<NamespaceOf<O>> {
  const [kind, id] = split(owner);
  const room = kind === 'region' ? regionRoom(id) : userRoom(id);
  return { namespace: (kind === 'region' ? '/dispatch' : `/${kind}`) as NamespaceOf<O>, room };
}

/** Ids may have colons of their own. */
function split(owner: FeedOwner): ['rider' | 'driver' | 'region', string] {
  const at = owner.indexOf(':');
  return [owner.slice(0, at) as 'rider', owner.slice(at + 1)];
}
