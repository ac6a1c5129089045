import { Injectable } from '@nestjs/common';
import {
  type Eta,
  type Offer,
  type OfferedTrip,
  type OfferOver,
  type Trip,
  type TripEta,
  tripRoom,
  tripsRoom,
  userRoom,
} from '#protocol';
import { Hub } from '#realtime';
import { SERVICE, type TripRecord, viewOf } from '#trips';
import { FeedsService } from '../feeds/feeds.service.js';

/** Tells the parties of a trip, those who follow it and dispatch what becomes of it, on whatever nodes they are. */
@Injectable()
export class TripNotifier {
  constructor(
    private readonly hub: Hub,
    private readonly feeds: FeedsService,
  ) {}

  async changed(before: TripRecord | null, after: TripRecord): Promise<void> {
    const { id, riderId, driverId, offer } = after;
    const asRider = viewOf(after, { role: 'rider', userId: riderId });
    this.hub.emit({ namespace: '/rider', room: tripRoom(id) }, 'trip', asRider);
    this.hub.emit({ namespace: '/dispatch', room: tripsRoom }, 'trip', viewOf(after, SERVICE));
    const told = [this.feeds.notify(`rider:${riderId}`, 'trip', asRider)];
    if (driverId !== null)
      told.push(
        this.feeds.notify(`driver:${driverId}`, 'trip', viewOf(after, { role: 'driver', userId: driverId })),
      );
    const lost = before === null ? null : lostOffer(before, after);
    if (lost !== null) {
      const over: OfferOver = { tripId: id, reason: reasonOf(before!.offer!, after) };
      told.push(this.feeds.notify(`driver:${lost}`, 'offer:over', over));
    }
    if (offer !== null)
      told.push(
        this.feeds.notify(`driver:${offer.driverId}`, 'offer', offeredTrip(after, offer), offer.expiresAt),
      );
    await Promise.all(told);
  }

  /** Not in a feed: the next one is soon there. */
  estimated({ id, riderId, driverId, version }: TripRecord, eta: Eta): void {
    const news: TripEta = { tripId: id, version, eta };
    this.hub.emit({ namespace: '/rider', room: userRoom(riderId) }, 'eta', news);
    this.hub.emit({ namespace: '/rider', room: tripRoom(id) }, 'eta', news);
    if (driverId !== null) this.hub.emit({ namespace: '/driver', room: userRoom(driverId) }, 'eta', news);
  }
}

/** The driver that was asked before and is not concerned any more. */
export function lostOffer(before: TripRecord, after: TripRecord): string | null {
  const asked = before.offer?.driverId ?? null;
  return asked === after.driverId || asked === after.offer?.driverId ? null : asked;
}

export const offeredTrip = ({ id, pickup, dropoff }: Trip, offer: Offer): OfferedTrip => ({
  ...offer,
  tripId: id,
  pickup,
  dropoff,
});

function reasonOf(offer: Offer, { state, changedAt }: Trip): OfferOver['reason'] {
  if (state === 'cancelled') return 'cancelled';
  if (state !== 'requested' && state !== 'offered') return 'taken';
  return changedAt > offer.expiresAt ? 'expired' : 'withdrawn';
}
