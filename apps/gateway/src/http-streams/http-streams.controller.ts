import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NODE } from '#ops';
import { FeedId, Id, NearbyQuery, parse } from '#protocol';
import { Hub, type Identity, parsed } from '#realtime';
import { FollowLog, Trips } from '#store';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { Greeting } from '../drivers/reconnect-snapshot.service.js';
import { FeedDesk } from '../feeds/feeds.service.js';
import { Sight } from '../fleet/fleet-view.service.js';
import { Users } from '../presence/connections.service.js';
import type { TripSources } from '../trips/trip-follower.js';
import { TripDesk } from '../trips/trips.service.js';
import { type FeedSources, FeedStream } from './feed-stream.js';
import { Streams, type Visit } from './http-streams.service.js';
import { NearbyStream } from './nearby-stream.js';
import { TripStream } from './trip-stream.js';

/**
 * What riders and drivers are told over Socket.IO, for networks that let nothing pass but plain HTTP: as server-sent events
 * under `stream`, by long polling under `poll`.
 */
@Guarded()
@Controller(['stream', 'poll'])
export class StreamsController {
  readonly #sources: TripSources;
  readonly #feedSources: FeedSources;

  constructor(
    private readonly streams: Streams,
    private readonly desk: TripDesk,
    private readonly hub: Hub,
    private readonly sight: Sight,
    trips: Trips,
    followLog: FollowLog,
    feed: FeedDesk,
    greeting: Greeting,
    users: Users,
    @Inject(NODE) node: string,
  ) {
    this.#feedSources = { hub, feed, greeting, users, node };
    this.#sources = { hub, trips, sight, followLog };
  }

  @Get('feed')
  @For('rider', 'driver')
  async ownFeed(
    @Caller() caller: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const visit = visitOf(caller, request, response);
    const after = visit.after === null ? null : parse(FeedId, visit.after);
    await this.streams.serve(visit, (sink) => new FeedStream(this.#feedSources, caller, after, sink));
  }

  @Get('nearby')
  @For('rider')
  async nearby(
    @Caller() caller: Identity,
    @Query(parsed(NearbyQuery)) { lat, lng, radiusM }: NearbyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const visit = visitOf(caller, request, response);
    const after = visit.transport === 'poll' ? visit.after : null;
    const area = { lat, lng, radiusM };
    await this.streams.serve(visit, (sink) => new NearbyStream(this.hub, this.sight, area, after, sink));
  }

  @Get('trip/:id')
  @For('rider', 'dispatcher', 'service')
  async trip(
    @Caller() caller: Identity,
    @Param('id', parsed(Id)) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.desk.get(caller, id);
    const visit = visitOf(caller, request, response);
    await this.streams.serve(visit, (sink) => new TripStream(this.#sources, id, visit.after, sink));
  }
}

/** A browser that comes again says the last id in a header; who polls says it in the address. */
function visitOf(caller: Identity, request: Request, response: Response): Visit {
  const { after } = request.query;
  return {
    caller,
    transport: request.path.startsWith('/api/poll') ? 'poll' : 'events',
    after: request.get('last-event-id') ?? (typeof after === 'string' && after !== '' ? after : null),
    response,
  };
}
