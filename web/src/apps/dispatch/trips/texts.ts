import type { PastOffer, Role } from '#sdk';
import { count } from '../../../shared/ui/format.js';

export const TEXTS = {
  title: 'Trips',
  open: 'Open',
  ended: 'Ended',
  openTrips: 'Open trips',
  endedTrips: 'Trips of the last 7 days',
  none: 'No open trips. A trip appears here as soon as a rider requests one.',
  noneThen: 'No open trips at this time',
  noneEnded: 'No trips',
  search: 'Search rider, driver or trip',
  loading: 'Loading trips…',
  failed: 'Couldn’t load the trips. Try again.',
  older: 'Load older trips',
  csv: 'CSV',
  noDriver: 'no driver yet',
  more: (n: number) => `Show ${count(n)} more`,
  close: 'Close',
  tripOf: (rider: string) => `Trip of ${rider}`,
  from: 'From',
  to: 'To',
  driver: 'Driver',
  requested: 'Requested',
  since: (time: string, lasted: string) => `${time} · ${lasted} min`,
  eta: 'ETA',
  timeline: 'Times',
  asked: 'Drivers asked',
  nobodyAsked: 'Nobody has been asked',
  after: (age: string) => `after ${age}`,
  noDriverFound: 'No driver found',
  cancelledBy: {
    rider: 'Cancelled by the rider',
    driver: 'Cancelled by the driver',
    dispatcher: 'Cancelled by dispatch',
    service: 'Cancelled by the service',
  } satisfies Record<Role, string>,
} as const;

export const ANSWERS: Record<PastOffer['answer'], string> = {
  pending: 'Has the offer',
  accepted: 'Accepted',
  assigned: 'Assigned by dispatch',
  declined: 'Declined',
  expired: 'Did not answer',
  withdrawn: 'Offer withdrawn',
};
