import { z } from 'zod';
import {
  DriverState,
  FleetArea,
  FleetHistory,
  NearbyCar,
  NearbyDriver,
  Track,
} from '../../answer-schemas.js';
import { DriverLog } from '../../driver-log.js';
import { DriverProfile, ServiceHere, ServiceQuery } from '../../driver-profile.js';
import { MAX_FIXES_PER_BATCH } from '../../fix.js';
import { Fix, FixesAnswer } from '../../fix-schemas.js';
import { DriverPosition } from '../../fleet.js';
import { HistoryQuery } from '../../history.js';
import { FleetQuery, NearbyQuery, StatusChange } from '../../schemas.js';
import { TrackQuery } from '../../track.js';
import { Empty, EVERYBODY, id, json, type RestRoute, type RouteName, STAFF } from './route.js';

/** Routes of drivers and of the fleet. */
export const FLEET: Record<RouteName, RestRoute> = {
  'POST /api/fixes': {
    group: 'Drivers',
    summary: 'Reports 1 to 100 fixes; the answer lists each bad one by its index',
    roles: ['driver'],
    body: z.array(Fix).min(1).max(MAX_FIXES_PER_BATCH),
    answers: json(FixesAnswer),
    codes: ['BAD_BATCH', 'OTHER_DEVICE'],
    headers: ['Device-Id'],
  },
  'PUT /api/status': {
    group: 'Drivers',
    summary: 'Sets whether the driver is available',
    roles: ['driver'],
    body: StatusChange,
    answers: json(Empty),
    headers: ['Device-Id'],
  },
  'GET /api/drivers/:id': {
    group: 'Drivers',
    summary:
      'Status, position and profile of a driver, and counts of its late, repeated, implausible and refused fixes',
    roles: STAFF,
    params: id,
    answers: json(DriverState),
    codes: ['NO_SUCH_DRIVER'],
  },
  'PUT /api/drivers/:id': {
    group: 'Drivers',
    summary:
      'Stores the profile of a driver instead of an earlier one; see [driver profiles](#driver-profiles)',
    roles: ['service'],
    params: id,
    body: DriverProfile,
    answers: json(DriverProfile),
  },
  'GET /api/drivers/:id/position': {
    group: 'Drivers',
    summary: 'Position of a driver',
    roles: EVERYBODY,
    only: 'itself, the rider of its open trip',
    params: id,
    answers: json(DriverPosition),
    codes: ['NOT_YOUR_TRIP', 'NO_SUCH_DRIVER'],
  },
  'GET /api/drivers/:id/track': {
    group: 'Drivers',
    summary: 'Track of a driver, as GeoJSON or GPX; see [tracks](#tracks)',
    roles: EVERYBODY,
    only: 'itself, the rider of `tripId`',
    params: id,
    query: TrackQuery,
    answers: { 'application/geo+json': Track, 'application/gpx+xml': 'GPX 1.1' },
    codes: ['NO_SUCH_TRIP', 'NOT_YOUR_TRIP', 'NO_SUCH_DRIVER'],
  },
  'GET /api/drivers/:id/log': {
    group: 'Drivers',
    summary:
      'Last hour of a driver as the service saw it: fixes, decisions with reasons, status, offers, trips and connections; the newest 500 of each',
    roles: STAFF,
    params: id,
    answers: json(DriverLog),
    codes: ['NO_SUCH_DRIVER'],
  },
  'POST /api/drivers/:id/offline': {
    group: 'Drivers',
    summary: 'Takes a driver out of the fleet; its offer goes to the next driver',
    roles: STAFF,
    params: id,
    answers: json(Empty),
    codes: ['DRIVER_ON_TRIP'],
  },
  'GET /api/service': {
    group: 'Fleet',
    summary: 'Zones around a place, as far as the caller may see them, and the vehicle classes near it',
    roles: EVERYBODY,
    query: ServiceQuery,
    answers: json(ServiceHere),
  },
  'GET /api/nearby': {
    group: 'Fleet',
    summary:
      'Available cars near a pin; a rider gets the twelve nearest at most, see [cars nearby](privacy.md#cars-nearby)',
    roles: ['service', 'dispatcher', 'rider'],
    query: NearbyQuery,
    answers: json(
      z.union([z.object({ drivers: z.array(NearbyDriver) }), z.object({ cars: z.array(NearbyCar) })]),
    ),
  },
  'GET /api/fleet': {
    group: 'Fleet',
    summary: 'Vehicles in a `bbox` or `polygon`, or counts per cell when there are more than `limit`',
    roles: STAFF,
    query: FleetQuery,
    answers: json(FleetArea),
    codes: ['AREA_TOO_LARGE'],
  },
  'GET /api/fleet/history': {
    group: 'Fleet',
    summary: 'Vehicle movements in an area; see [below](#history-of-an-area)',
    roles: STAFF,
    query: HistoryQuery,
    answers: json(FleetHistory),
    codes: ['AREA_TOO_LARGE', 'RATE_LIMITED'],
  },
};
