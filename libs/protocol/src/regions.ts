import { z } from 'zod';
import { FeedId } from './feed.js';
import { Id, Lat, Lng } from './schemas.js';
import type { Role } from './wire.js';

const BAD_REGION = { error: 'BAD_REGION' };

/** An H3 cell of resolution 3. */
export const Region = z.string(BAD_REGION).regex(/^83[0-9a-f]{4}fffffffff$/, BAD_REGION);

export const RegionWatch = z.object({ region: Region, after: FeedId.nullish() }, { error: 'BAD_REQUEST' });
export type RegionWatch = z.infer<typeof RegionWatch>;

export const RegionUnwatch = z.object({ region: Region }, { error: 'BAD_REQUEST' });
export type RegionUnwatch = z.infer<typeof RegionUnwatch>;

/** POST /api/incidents: something happened here that dispatch should know of. */
export const IncidentReport = z.object(
  {
    kind: z.enum(['accident', 'breakdown', 'threat', 'other'], { error: 'BAD_REQUEST' }),
    text: z.string({ error: 'BAD_TEXT' }).trim().max(500, 'BAD_TEXT').default(''),
    lat: Lat,
    lng: Lng,
    tripId: Id.optional(),
  },
  { error: 'BAD_REQUEST' },
);
export type IncidentReport = z.infer<typeof IncidentReport>;

/** Told to dispatch as `incident`. */
export type Incident = IncidentReport & { by: { role: Role; userId: string }; at: number };

/** Told to dispatch as `trouble`: a trip whose driver fell silent, or that no driver took. */
export type Trouble = {
  kind: 'driver_silent' | 'no_driver';
  tripId: string;
  driverId: string | null;
  lat: number;
  lng: number;
  at: number;
};

/** Told to dispatch as `surge`: so many trips were requested in the region since `since`; again when it is twice as many. */
export type Surge = { region: string; requests: number; since: number; at: number };
