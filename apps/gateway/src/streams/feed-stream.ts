import { FeedCursor, type Told, userRoom } from '#protocol';
import type { Hub, Listener } from '#realtime';
import type { FeedDesk } from '../feed/feed-desk.js';
import type { Sink } from './sink.js';

/** Where a feed stands that has no entry yet. */
const EMPTY = '0-0';

/**
 * All that one user is told: the entries of its feed with their ids, and what is told to it in passing.
 * @param after the entry that the client got last; null to begin with the next one
 */
export async function streamFeed(
  { hub, feed }: { hub: Hub; feed: FeedDesk },
  { role, userId }: { role: 'rider' | 'driver'; userId: string },
  after: string | null,
  sink: Sink,
): Promise<Listener> {
  const cursor: FeedCursor = new FeedCursor(
    {
      resume: (from) => feed.resume(`${role}:${userId}`, from),
      emit: ({ event, payload, id }: Told) => sink.send(event, payload, id),
      lost: () => sink.send('reset', {}, cursor.last ?? EMPTY),
    },
    after,
  );
  const listener = hub.listen(`/${role}`, {
    event: (event, payload, id) => {
      if (id === undefined) sink.send(event, payload as object);
      else cursor.push({ id, event, payload: payload as object })?.catch(() => sink.close());
    },
    closed: () => sink.close(),
  });
  await listener.join([userRoom(userId)]);
  await cursor.resume();
  if (after === null) sink.send('ready', {}, cursor.last ?? EMPTY);
  return listener;
}
