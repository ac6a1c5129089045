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
import { driverWhoLostOffer, roughly, SERVICE, type TripRecord, viewOf } from '#trips';
import { FeedsService } from '../feeds/feeds.service.js';
import { type TripChanged, TripEvents } from './trip-events.js';

/** Publishes trip changes to both parties, followers and dispatch, on all nodes. */
@Injectable()
export class TripNotifier {
  constructor(
    private readonly hub: Hub,
    private readonly feeds: FeedsService,
    events: TripEvents,
  ) {
    events.on('notify', (change) => this.#changed(change));
  }

  /** Publishes an estimate. Not in a feed, because the next one follows soon. */
  estimated({ id, riderId, driverId, version }: TripRecord, eta: Eta): void {
    const update: TripEta = { tripId: id, version, eta };
    this.hub.emit({ namespace: '/rider', room: userRoom(riderId) }, 'eta', update);
    this.hub.emit({ namespace: '/rider', room: tripRoom(id) }, 'eta', update);
    if (driverId !== null) this.hub.emit({ namespace: '/driver', room: userRoom(driverId) }, 'eta', update);
  }

  async #changed({ before, after }: TripChanged): Promise<void> {
    const { id, riderId, driverId, offer } = after;
    const asRider = viewOf(after, { role: 'rider', userId: riderId });
    this.hub.emit({ namespace: '/rider', room: tripRoom(id) }, 'trip', asRider);
    this.hub.emit({ namespace: '/dispatch', room: tripsRoom }, 'trip', viewOf(after, SERVICE));
    const sent = [this.feeds.notify(`rider:${riderId}`, 'trip', asRider)];
    if (driverId !== null)
      sent.push(
        this.feeds.notify(`driver:${driverId}`, 'trip', viewOf(after, { role: 'driver', userId: driverId })),
      );
    const previous = before === null ? null : driverWhoLostOffer(before, after);
    if (previous !== null) {
      const over: OfferOver = { tripId: id, reason: reasonOf(before!.offer!, after) };
      sent.push(this.feeds.notify(`driver:${previous}`, 'offer:over', over));
    }
    if (offer !== null)
      sent.push(
        this.feeds.notify(`driver:${offer.driverId}`, 'offer', offeredTrip(after, offer), offer.expiresAt),
      );
    await Promise.all(sent);
  }
}

/** Returns what a driver sees of a trip that is offered: only roughly where it goes. */
export const offeredTrip = ({ id, pickup, dropoff }: Trip, offer: Offer): OfferedTrip => ({
  ...offer,
  tripId: id,
  pickup,
  dropoff: roughly(dropoff),
});

/** Returns why the driver with this offer does not have it any more. */
export function reasonOf(offer: Offer, { state, changedAt }: Trip): OfferOver['reason'] {
  if (state === 'cancelled') return 'cancelled';
  if (state !== 'requested' && state !== 'offered') return 'taken';
  return changedAt > offer.expiresAt ? 'expired' : 'withdrawn';
}
