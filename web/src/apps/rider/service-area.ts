import type { FeatureCollection, MultiPolygon } from 'geojson';
import type { GeoJSONSource, Map as GlMap } from 'maplibre-gl';
import { difference, type Geom } from 'polyclip-ts';
import { distanceM } from '#geo';
import type { PickupPoint, Position, Zone, ZonePolygon } from '#protocol';
import { unwrapPolygon } from '#zones';
import type { MapAdapter } from '../../shared/map/adapter.js';
import './service-area.css';
import { AREA_TEXTS } from './service-area-texts.js';

const ID = 'outside-service';
/** Everything that a map shows. */
const WORLD: Geom = [
  [
    [-180, -85],
    [180, -85],
    [180, 85],
    [-180, 85],
  ],
];
/** Maximum number of pick-up points on the map, the nearest to the pick-up. */
const MAX_POINTS = 40;

/** Returns all that lies outside the service areas; nothing if there are none, because then the service is everywhere. */
export function outsideOf(zones: readonly Zone[]): MultiPolygon['coordinates'] {
  const areas = zones.filter(({ kind }) => kind === 'service_area').flatMap(({ polygons }) => polygons);
  const [first, ...others] = areas.flatMap(onEachSide);
  return first === undefined ? [] : difference(WORLD, first, ...others);
}

/** Returns a polygon, and once more a turn to the west and to the east if it crosses the antimeridian. */
function onEachSide(polygon: ZonePolygon): Geom[] {
  const rings = unwrapPolygon(polygon);
  const turnedBy = (degrees: number): Geom =>
    rings.map((ring) => ring.map(([lng, lat]): [number, number] => [lng + degrees, lat]));
  const isWhole = rings.every((ring) => ring.every(([lng]) => Math.abs(lng) <= 180));
  return (isWhole ? [0] : [-360, 0, 360]).map(turnedBy);
}

/** Returns the named pick-up points of zones, the nearest first. */
export const pointsOf = (zones: readonly Zone[], near: Position): PickupPoint[] =>
  zones
    .flatMap((zone) => (zone.kind === 'pickup_points' ? zone.rules.points : []))
    .sort((a, b) => distanceM(a, near) - distanceM(b, near))
    .slice(0, MAX_POINTS);

/** Dims what lies outside the service area, and shows the named pick-up points. It survives a change of the map's style. */
export class ServiceArea {
  readonly #gl: GlMap;
  #data: FeatureCollection = { type: 'FeatureCollection', features: [] };
  #pins: Array<() => void> = [];

  /** @param onPoint called with the pick-up point that the rider has pressed */
  constructor(
    private readonly map: MapAdapter,
    private readonly onPoint: (point: PickupPoint) => void,
  ) {
    this.#gl = map.gl;
    this.#gl.on('styledata', this.#restore);
  }

  /** Shows zones. @param near the pick-up, around which points are shown */
  show(zones: readonly Zone[], near: Position): void {
    const coordinates = outsideOf(zones);
    const geometry: MultiPolygon = { type: 'MultiPolygon', coordinates };
    this.#data = {
      type: 'FeatureCollection',
      features: coordinates.length === 0 ? [] : [{ type: 'Feature', properties: {}, geometry }],
    };
    this.#source?.setData(this.#data);
    this.#restore();
    this.hidePoints();
    this.#pins = pointsOf(zones, near).map((point) => this.map.pin(this.#element(point), point));
  }

  /** Hides the pick-up points, as on a trip. */
  hidePoints(): void {
    for (const remove of this.#pins.splice(0)) remove();
  }

  #element(point: PickupPoint): HTMLElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pickup-point';
    button.title = point.name;
    button.setAttribute('aria-label', AREA_TEXTS.pickupPoint(point.name));
    button.addEventListener('click', (event) => {
      // Otherwise the map would move a pin to the same place.
      event.stopPropagation();
      this.onPoint(point);
    });
    return button;
  }

  get #source(): GeoJSONSource | undefined {
    return this.#gl.getSource<GeoJSONSource>(ID);
  }

  readonly #restore = (): void => {
    if (this.#source !== undefined) return;
    try {
      this.#gl.addSource(ID, { type: 'geojson', data: this.#data });
    } catch {
      // The style is being loaded; the map calls again when it is there.
      return;
    }
    const names = this.#gl.getStyle().layers.find(({ type }) => type === 'symbol')?.id;
    const paint = { 'fill-color': '#0a0e12', 'fill-opacity': 0.34 };
    this.#gl.addLayer({ id: ID, type: 'fill', source: ID, paint }, names);
  };
}
