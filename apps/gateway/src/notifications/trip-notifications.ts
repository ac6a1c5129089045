import { Injectable } from '@nestjs/common';
import { type TripChanged, TripEvents } from '../trips/trip-events.js';
import { NotificationsService } from './notifications.service.js';

/** Time for which it is worth knowing that the car has arrived. */
const ARRIVAL_MS = 600_000;

/** Notifies drivers of offers, and riders of the arrival of their car. */
@Injectable()
export class TripNotifications {
  constructor(
    private readonly notifications: NotificationsService,
    events: TripEvents,
  ) {
    // After both parties got it on their sockets: a gateway that fails here has not failed to publish.
    events.on('alert', (change) => this.#changed(change));
  }

  async #changed({ after }: TripChanged): Promise<void> {
    const { id: tripId, riderId, state, offer, times, changedAt } = after;
    const content = { tripId };
    if (offer !== null)
      await this.notifications.notify(
        { role: 'driver', userId: offer.driverId },
        {
          id: `offer ${tripId} ${offer.driverId} ${offer.expiresAt}`,
          kind: 'offer',
          content,
          at: changedAt,
          expiresAt: offer.expiresAt,
        },
      );
    if (state !== 'arrived') return;
    const at = times.arrived ?? changedAt;
    await this.notifications.notify(
      { role: 'rider', userId: riderId },
      { id: `arrival ${tripId}`, kind: 'arrival', content, at, expiresAt: at + ARRIVAL_MS },
    );
  }
}
