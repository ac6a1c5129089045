import type { Trip } from '#sdk';

/** An action that a dispatcher can take on a driver or a trip. */
export type Action = 'assign' | 'cancel' | 'message' | 'offline';

/** The parties an action applies to. */
export type Target = { driverId: string | null; trip: Trip | null };

/**
 * An action that waits for confirmation. It keeps the target it was chosen for, even when the selection changes.
 * `driverIds`: several drivers at once, instead of the target. `text`: the message so far.
 */
export type PendingAction = Target & { action: Action; driverIds?: readonly string[]; text?: string };

/** Actions that several drivers can have in common. */
export const COMMON_ACTIONS = ['message', 'offline'] as const satisfies readonly Action[];

/** Whether an action ends something that somebody else relies on. */
export const isDestructive = (action: Action): boolean => action === 'cancel' || action === 'offline';

export type Recipient = { role: 'driver' | 'rider'; userId: string };

/** Returns the actions that the service accepts for a driver, a trip, or a driver on a trip. */
export function availableActions({ driverId, trip }: Target): Action[] {
  if (trip?.state === 'completed' || trip?.state === 'cancelled') return [];
  const actions: Action[] = [];
  if (trip !== null && trip.driverId === null) actions.push('assign');
  if (recipientsOf({ driverId, trip }).length > 0) actions.push('message');
  if (trip !== null) actions.push('cancel');
  // The service rejects this for a driver on a trip.
  if (driverId !== null && trip === null) actions.push('offline');
  return actions;
}

/** Returns the possible recipients of a message, the driver first. */
export function recipientsOf({ driverId, trip }: Target): Recipient[] {
  const recipients: Recipient[] = [];
  if (driverId !== null) recipients.push({ role: 'driver', userId: driverId });
  if (trip !== null) recipients.push({ role: 'rider', userId: trip.riderId });
  return recipients;
}
