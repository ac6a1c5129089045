import type { LngLat, Zone } from '#protocol';
import type { ZoneDraft } from './zone-draft.js';

/** Geometry of GeoJSON (RFC 7946) that a zone may have; rings are closed. */
export type ZoneGeometry =
  | {
      /** one polygon */
      type: 'Polygon';
      /** its closed rings of [lng, lat] */
      coordinates: LngLat[][];
    }
  | {
      /** several polygons */
      type: 'MultiPolygon';
      /** the closed rings of each */
      coordinates: LngLat[][][];
    };

/** A zone as a feature of GeoJSON (RFC 7946). */
export type ZoneFeature = {
  /** always `Feature` */
  type: 'Feature';
  /** id of the zone */
  id: string;
  /** area of the zone */
  geometry: ZoneGeometry;
  /** everything else about the zone */
  properties: Omit<Zone, 'id' | 'polygons'> | Omit<ZoneDraft, 'id' | 'polygons'>;
};

/** Zones as a collection of GeoJSON (RFC 7946). */
export type ZoneCollection = {
  /** always `FeatureCollection` */
  type: 'FeatureCollection';
  /** one for each zone */
  features: ZoneFeature[];
};

/** Corrections of a feature that make it valid. */
export type FeatureCorrection = {
  /** position in the collection, from 0 */
  feature: number;
  /** id of its zone */
  zoneId: string;
  /** rings whose winding order was turned */
  turnedRings: number;
  /** vertices that repeated the one before, and were dropped */
  repeatedVertices: number;
};

/** Returns a position with seven decimals, about a centimetre, and a longitude in [-180, 180]. */
export function roundedPosition([lng, lat]: LngLat): LngLat {
  const wrapped = Math.abs(lng) <= 180 ? lng : ((((lng + 180) % 360) + 360) % 360) - 180;
  return [Math.round(wrapped * 1e7) / 1e7, Math.round(lat * 1e7) / 1e7];
}
