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

/** Tells the parties of a trip, those who follow it and dispatch what becomes of it, on whatever nodes they are. */
@Injectable()
export class TripAnnouncer {
  constructor(private readonly hub: Hub) {}

  changed(before: TripRecord | null, after: TripRecord): void {
    const { riderId, driverId } = after;
    const asRider = viewOf(after, { role: 'rider', userId: riderId });
    this.hub.emit({ namespace: '/rider', room: userRoom(riderId) }, 'trip', asRider);
    this.hub.emit({ namespace: '/rider', room: tripRoom(after.id) }, 'trip', asRider);
    this.hub.emit({ namespace: '/dispatch', room: tripsRoom }, 'trip', viewOf(after, SERVICE));
    if (driverId !== null)
      this.#toDriver(driverId, 'trip', viewOf(after, { role: 'driver', userId: driverId }));
    if (before !== null && lostOffer(before, after) !== null)
      this.#toDriver(lostOffer(before, after)!, 'offer:over', {
        tripId: after.id,
        reason: reasonOf(before.offer!, after),
      } satisfies OfferOver);
    if (after.offer !== null) this.#toDriver(after.offer.driverId, 'offer', offeredTrip(after, after.offer));
  }

  estimated({ id, riderId, driverId, version }: TripRecord, eta: Eta): void {
    const news: TripEta = { tripId: id, version, eta };
    this.hub.emit({ namespace: '/rider', room: userRoom(riderId) }, 'eta', news);
    this.hub.emit({ namespace: '/rider', room: tripRoom(id) }, 'eta', news);
    if (driverId !== null) this.#toDriver(driverId, 'eta', news);
  }

  #toDriver(driverId: string, event: string, payload: object): void {
    this.hub.emit({ namespace: '/driver', room: userRoom(driverId) }, event, payload);
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
