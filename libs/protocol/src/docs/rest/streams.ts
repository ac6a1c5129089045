import { z } from 'zod';
import { FeedId, FeedResume } from '../../feed.js';
import { FeedPart } from '../../feed-schemas.js';
import { NearbyQuery } from '../../schemas.js';
import { EVENTS, id, json, LINK_CODES, type RestRoute, type RouteName } from './route.js';

const Polled = z.object({
  events: z.array(z.object({ event: z.string(), data: z.unknown(), id: z.string().nullable() })),
  after: z.string().nullable(),
});
const After = z.object({ after: z.string().optional() });

/** Routes of one form of the streams: `stream` for server-sent events, `poll` for long polling. */
function streams(form: 'stream' | 'poll'): Record<RouteName, RestRoute> {
  const isPoll = form === 'poll';
  const shared = {
    group: isPoll ? 'Long polling' : 'Server-sent events',
    answers: isPoll ? json(Polled) : { [EVENTS]: 'The events, as described in the protocol.' },
    headers: isPoll ? [] : (['Last-Event-ID'] as const),
  } satisfies Partial<RestRoute>;
  const how = isPoll ? 'answered at the first event or after 25 s' : 'as they happen';
  const feed: RestRoute = {
    ...shared,
    summary: `The caller's feed and other pushes, ${how}`,
    roles: ['rider', 'driver'],
    query: isPoll ? After : z.object({ after: FeedId.optional() }),
    codes: ['TOO_MANY_STREAMS'],
  };
  const nearby: RestRoute = {
    ...shared,
    summary: `Cars near a pin, ${how}`,
    roles: ['rider'],
    query: NearbyQuery.omit({ limit: true }).extend(isPoll ? After.shape : {}),
    codes: ['TOO_MANY_STREAMS'],
  };
  const trip: RestRoute = {
    ...shared,
    summary: `A trip, its driver's position and ETA, ${how}`,
    roles: ['rider', 'dispatcher', 'service'],
    only: 'its rider',
    params: id,
    query: After,
    codes: [...LINK_CODES, 'TOO_MANY_STREAMS'],
  };
  return {
    [`GET /api/${form}/feed`]: feed,
    [`GET /api/${form}/nearby`]: nearby,
    [`GET /api/${form}/trip/:id`]: trip,
  };
}

/** Routes of feeds and of the streams over plain HTTP. */
export const STREAMS: Record<RouteName, RestRoute> = {
  'GET /api/feed': {
    group: 'Feeds',
    summary: "Entries of the caller's feed after an id; see [feeds](#feeds)",
    roles: ['rider', 'driver'],
    query: FeedResume,
    answers: json(FeedPart),
  },
  ...streams('stream'),
  ...streams('poll'),
};
