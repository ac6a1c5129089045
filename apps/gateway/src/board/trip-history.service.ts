import { Injectable } from '@nestjs/common';
import type { TripPage, TripSearch } from '#protocol';
import { orUnavailable, Trips } from '#store';
import { type Actor, isInScope, SERVICE, type TripRecord, viewOf } from '#trips';

const LIMIT = 100;

/** The trips of the last days that have ended. */
@Injectable()
export class TripHistoryService {
  constructor(private readonly trips: Trips) {}

  /** Returns those that concern a dispatcher or service. @throws {ProtocolError} UNAVAILABLE */
  async search(
    by: Actor,
    { from = 0, before = Number.MAX_SAFE_INTEGER, text = '', limit = LIMIT }: TripSearch,
  ): Promise<TripPage> {
    const wanted = text.trim().toLowerCase();
    const isWanted = (trip: TripRecord) =>
      isInScope(trip, by) &&
      `${trip.id}\n${trip.riderId}\n${trip.driverId ?? ''}`.toLowerCase().includes(wanted);
    const { trips, next } = await orUnavailable(this.trips.ended({ from, before }, limit, isWanted));
    return { trips: trips.map((trip) => viewOf(trip, SERVICE)), next };
  }
}
