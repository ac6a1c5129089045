import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NODE } from '#ops';
import { FeedId, Id, NearbyQuery, parse } from '#protocol';
import { Hub, type Identity, ZodPipe } from '#realtime';
import { FollowLog, Trips } from '#store';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { ReconnectSnapshotService } from '../drivers/reconnect-snapshot.service.js';
import { FeedsService } from '../feeds/feeds.service.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { ConnectionsService } from '../presence/connections.service.js';
import type { TripSources } from '../trips/trip-follower.js';
import { TripsService } from '../trips/trips.service.js';
import { type FeedSources, FeedStream } from './feed-stream.js';
import { HttpStreamsService, type StreamRequest } from './http-streams.service.js';
import { NearbyStream } from './nearby-stream.js';
import { TripStream } from './trip-stream.js';

/**
 * What riders and drivers are told over Socket.IO, for networks that let nothing pass but plain HTTP: as server-sent events
 * under `stream`, by long polling under `poll`.
 */
@Guarded()
@Controller(['stream', 'poll'])
export class HttpStreamsController {
  readonly #sources: TripSources;
  readonly #feedSources: FeedSources;

  constructor(
    private readonly streams: HttpStreamsService,
    private readonly tripsService: TripsService,
    private readonly hub: Hub,
    private readonly fleetView: FleetViewService,
    trips: Trips,
    followLog: FollowLog,
    feeds: FeedsService,
    snapshot: ReconnectSnapshotService,
    connections: ConnectionsService,
    @Inject(NODE) node: string,
  ) {
    this.#feedSources = { hub, feeds, snapshot, connections, node };
    this.#sources = { hub, trips, fleetView, followLog };
  }

  @Get('feed')
  @For('rider', 'driver')
  async ownFeed(
    @Caller() caller: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const visit = streamRequestOf(caller, request, response);
    const after = visit.after === null ? null : parse(FeedId, visit.after);
    await this.streams.serve(visit, (sink) => new FeedStream(this.#feedSources, caller, after, sink));
  }

  @Get('nearby')
  @For('rider')
  async nearby(
    @Caller() caller: Identity,
    @Query(new ZodPipe(NearbyQuery)) { lat, lng, radiusM }: NearbyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const visit = streamRequestOf(caller, request, response);
    const after = visit.transport === 'poll' ? visit.after : null;
    const area = { lat, lng, radiusM };
    await this.streams.serve(visit, (sink) => new NearbyStream(this.hub, this.fleetView, area, after, sink));
  }

  @Get('trip/:id')
  @For('rider', 'dispatcher', 'service')
  async trip(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.tripsService.get(caller, id);
    const visit = streamRequestOf(caller, request, response);
    await this.streams.serve(visit, (sink) => new TripStream(this.#sources, id, visit.after, sink));
  }
}

/** A browser that comes again says the last id in a header; who polls says it in the address. */
function streamRequestOf(caller: Identity, request: Request, response: Response): StreamRequest {
  const { after } = request.query;
  return {
    caller,
    transport: request.path.startsWith('/api/poll') ? 'poll' : 'events',
    after: request.get('last-event-id') ?? (typeof after === 'string' && after !== '' ? after : null),
    response,
  };
}
