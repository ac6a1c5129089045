import type { AlertArea, Audience, Incident, Position } from '#protocol';
import type { RetryOptions } from '../connection/retry.js';

/** Place around which to search. */
export type NearbyQuery = {
  /** degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** at most 5,000 m */
  radiusM: number;
  /** maximum number of results, 20 by default */
  limit?: number;
};

/** Time span of a track; a rider must name one of its own trips, and gets the track within the time of that trip. */
export type TrackQuery = {
  /** epoch ms */
  from?: number;
  /** epoch ms */
  to?: number;
  /** id of a trip of that driver, whose time is the default span */
  tripId?: string;
  /** maximum number of fixes, up to 100,000; `next` of the track is where the later ones begin */
  limit?: number;
};

/** Pick-up and destination of a trip. */
export type Journey = {
  /** where the rider gets in */
  pickup: Position;
  /** where the rider gets out */
  dropoff: Position;
  /** the driver must enter a PIN, which the rider finds in the trip, to start; not by default */
  withPin?: boolean;
  /** class of the vehicle; by default any */
  vehicleClass?: string | undefined;
  /** number of seats, 1 to 16; by default one */
  seats?: number | undefined;
};

/** Page of the audit log. */
export type AuditPage = {
  /** maximum number of entries, up to 1,000; 100 by default */
  limit?: number;
  /** only entries before the one with this id */
  before?: string;
};

/** Message of dispatch to a user. */
export type NoticeRequest = {
  /** role in which the user receives it */
  role: 'rider' | 'driver';
  /** plain text, at most 500 characters */
  text: string;
};

/** Alert to everybody in an area or a region. */
export type AlertRequest = {
  /** circle of up to 50 km, box or polygon; instead of a region */
  area?: AlertArea;
  /** H3 cell of resolution 3; instead of an area */
  region?: string;
  /** users that it is for */
  audience: Audience[];
  /** plain text, at most 500 characters */
  text: string;
  /** time after which it is not delivered any more, epoch ms; at most 24 hours ahead */
  expiresAt: number;
};

/** Incident to report to dispatch. */
export type IncidentReport = {
  /** kind of the incident */
  kind: Incident['kind'];
  /** description, at most 500 characters */
  text?: string;
  /** degrees */
  lat: number;
  /** degrees */
  lng: number;
  /** id of the trip on which it happened, one of the reporter's own */
  tripId?: string;
};

/** Retries of a change, and its idempotency key. */
export type ChangeOptions = RetryOptions & {
  /**
   * requests with the same key are the same change, which is made once; a new key for each call by default. An app that
   * retries after a restart stores its own key: an id of 1 to 64 characters
   */
  idempotencyKey?: string;
};
