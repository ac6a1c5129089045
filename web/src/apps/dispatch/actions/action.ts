import type { Trip } from '#sdk';

/** What is done by hand. */
export type Act = 'assign' | 'cancel' | 'message' | 'offline';

/** One thing to be confirmed, of what was selected when it was asked for, whatever is selected since. */
export type Hand = { act: Act; driverId: string | null; trip: Trip | null };

export type Recipient = { role: 'driver' | 'rider'; userId: string };

/** What may be done with a driver, a trip, or a driver on its trip. */
export function actsFor(driverId: string | null, trip: Trip | null): Act[] {
  const acts: Act[] = [];
  if (trip !== null && trip.driverId === null) acts.push('assign');
  if (recipientsOf({ driverId, trip }).length > 0) acts.push('message');
  if (trip !== null) acts.push('cancel');
  // The service refuses it to a driver that has a trip.
  if (driverId !== null && trip === null) acts.push('offline');
  return acts;
}

/** To whom a message can go, the driver first. */
export function recipientsOf({ driverId, trip }: Pick<Hand, 'driverId' | 'trip'>): Recipient[] {
  const recipients: Recipient[] = [];
  if (driverId !== null) recipients.push({ role: 'driver', userId: driverId });
  if (trip !== null) recipients.push({ role: 'rider', userId: trip.riderId });
  return recipients;
}
