import { Injectable } from '@nestjs/common';
import { type FeedPart, regionRoom, userRoom } from '#protocol';
import { Hub, type Room } from '#realtime';
import { type FeedOwner, Feeds, orUnavailable } from '#store';

/** Tells somebody something that must not be missed: kept first, then pushed with its number in the feed. */
@Injectable()
export class FeedDesk {
  constructor(
    private readonly feeds: Feeds,
    private readonly hub: Hub,
  ) {}

  /** @param expiresAt when it is of no use any more, epoch ms */
  async tell(
    owner: FeedOwner,
    event: string,
    payload: object,
    expiresAt: number | null = null,
  ): Promise<void> {
    const id = await orUnavailable(this.feeds.append(owner, { event, payload, expiresAt }, Date.now()));
    this.hub.emit(roomOf(owner), event, payload, id);
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

function roomOf(owner: FeedOwner): Room {
  const [kind, id] = split(owner);
  if (kind === 'region') return { namespace: '/dispatch', room: regionRoom(id) };
  return { namespace: `/${kind}`, room: userRoom(id) };
}

/** Ids may have colons of their own. */
function split(owner: FeedOwner): ['rider' | 'driver' | 'region', string] {
  const at = owner.indexOf(':');
  return [owner.slice(0, at) as 'rider', owner.slice(at + 1)];
}
