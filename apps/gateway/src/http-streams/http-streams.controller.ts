import { Controller, Get, Inject, Param, Query, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { NODE } from '#ops';
import { FeedId, Id, NearbyQuery, ProtocolError, parse } from '#protocol';
import { Hub, type Identity, ZodPipe } from '#realtime';
import { RiderPlaces } from '../alerts/rider-places.js';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { ReconnectSnapshotService } from '../drivers/reconnect-snapshot.service.js';
import { FeedsService } from '../feeds/feeds.service.js';
import { FleetViewService } from '../fleet/fleet-view.service.js';
import { NearbyFrames } from '../fleet/nearby-frames.js';
import { ConnectionsService } from '../presence/connections.service.js';
import { TripFollowers } from '../trips/trip-follower.js';
import { TripsService } from '../trips/trips.service.js';
import { type FeedSources, FeedStream } from './feed-stream.js';
import { HttpStreamsService, type StreamRequest } from './http-streams.service.js';
import { type NearbySources, NearbyStream } from './nearby-stream.js';
import { parsePlace } from './place.js';
import { TripStream } from './trip-stream.js';

/**
 * The pushes of Socket.IO for networks that pass plain HTTP only: as server-sent events under `stream`, by long polling
 * under `poll`.
 */
@Guarded()
@Controller(['stream', 'poll'])
export class HttpStreamsController {
  readonly #nearbySources: NearbySources;
  readonly #feedSources: FeedSources;

  constructor(
    private readonly streams: HttpStreamsService,
    private readonly tripsService: TripsService,
    private readonly followers: TripFollowers,
    private readonly audit: AuditService,
    hub: Hub,
    fleetView: FleetViewService,
    frames: NearbyFrames,
    feeds: FeedsService,
    snapshot: ReconnectSnapshotService,
    connections: ConnectionsService,
    places: RiderPlaces,
    @Inject(NODE) node: string,
  ) {
    this.#feedSources = { hub, feeds, snapshot, connections, node };
    this.#nearbySources = { hub, fleetView, frames, places };
  }

  @Get('feed')
  @For('rider', 'driver')
  async ownFeed(
    @Caller() caller: Identity,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const stream = streamRequestOf(caller, request, response);
    const after = stream.after === null ? null : parse(FeedId, stream.after);
    await this.streams.serve(stream, (sink) => new FeedStream(this.#feedSources, caller, after, sink));
  }

  @Get('nearby')
  @For('rider')
  async nearby(
    @Caller() caller: Identity,
    @Query(new ZodPipe(NearbyQuery)) { lat, lng, radiusM }: NearbyQuery,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    const stream = streamRequestOf(caller, request, response);
    const after = stream.transport === 'poll' ? stream.after : null;
    const area = { lat, lng, radiusM };
    await this.streams.serve(
      stream,
      (sink) => new NearbyStream(this.#nearbySources, caller, area, after, sink),
    );
  }

  @Get('trip/:id')
  @InScope('own')
  @For('rider', 'dispatcher', 'service')
  async trip(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Req() request: Request,
    @Res() response: Response,
  ): Promise<void> {
    await this.tripsService.get(caller, id);
    await this.audit.view(caller, 'driver:view', { tripId: id });
    const stream = streamRequestOf(caller, request, response);
    await this.streams.serve(
      stream,
      (sink) => new TripStream(this.followers, id, caller, stream.after, sink),
    );
  }
}

/**
 * Reads the last id from the header that a reconnecting browser sends, or from the query of a polling client.
 * @throws {ProtocolError} BAD_REQUEST when the query has more than one
 */
function streamRequestOf(caller: Identity, request: Request, response: Response): StreamRequest {
  const { after = '' } = request.query;
  if (typeof after !== 'string') throw new ProtocolError('BAD_REQUEST', 'after');
  return {
    caller,
    transport: request.path.startsWith('/api/poll') ? 'poll' : 'events',
    ...parsePlace(request.get('last-event-id') ?? after),
    response,
  };
}
