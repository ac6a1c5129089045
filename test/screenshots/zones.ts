import { manhattan } from '#city';
import { regionAt } from '#geo/cells';
import { Api, DispatchClient, type ZoneKind, ZonesApi } from '#sdk';
import { eventually } from '../fixtures/eventually.js';
import type { System } from '../fixtures/system.js';

type Ring = Array<[lng: number, lat: number]>;

const REGION = regionAt(manhattan().center);

const feature = (id: string, name: string, kind: ZoneKind, ring: Ring, rules: object = {}) => ({
  type: 'Feature',
  id,
  properties: { name, kind, rules },
  geometry: { type: 'Polygon', coordinates: [[...ring, ring[0]!]] },
});

/** Zones of a busy evening in the middle of the city. */
const EVENING = [
  feature('service', 'Manhattan', 'service_area', [
    [-74.025, 40.695],
    [-73.965, 40.705],
    [-73.925, 40.78],
    [-73.92, 40.835],
    [-73.96, 40.85],
    [-74.02, 40.755],
  ]),
  feature(
    'penn',
    'Penn Station',
    'queue',
    [
      [-73.9965, 40.7505],
      [-73.993, 40.7491],
      [-73.9898, 40.7524],
      [-73.9934, 40.754],
    ],
    { keepPlaceS: 300 },
  ),
  feature(
    'theatre',
    'Theatre district',
    'pickup_points',
    [
      [-73.9905, 40.7565],
      [-73.9835, 40.7536],
      [-73.9795, 40.7605],
      [-73.9866, 40.7634],
    ],
    {
      points: [
        { id: 'p1', name: 'West 44th Street', lng: -73.9868, lat: 40.7572 },
        { id: 'p2', name: 'West 48th Street', lng: -73.9839, lat: 40.7608 },
      ],
    },
  ),
  feature('grand', 'Grand Central ramp', 'no_pickup', [
    [-73.9789, 40.7518],
    [-73.9758, 40.7505],
    [-73.9742, 40.754],
    [-73.9772, 40.7552],
  ]),
  feature('park', 'Park drives', 'no_go', [
    [-73.9815, 40.768],
    [-73.9732, 40.7646],
    [-73.9585, 40.7845],
    [-73.967, 40.788],
  ]),
  feature(
    'east',
    'East side, evening',
    'surge',
    [
      [-73.9725, 40.7535],
      [-73.9655, 40.7505],
      [-73.9575, 40.7615],
      [-73.9645, 40.7645],
    ],
    { factor: 1.4 },
  ),
];

export const apiFor = async (system: System): Promise<ZonesApi> =>
  new ZonesApi(new Api({ url: system.url, token: await system.token('service', 'city-team') }));

/** Publishes the zones of an evening. */
export async function publishEvening(system: System): Promise<void> {
  const api = await apiFor(system);
  await api.import(REGION, { type: 'FeatureCollection', features: EVENING });
  const { number, replaces } = await api.compare(REGION);
  const { effectiveAt } = await api.publish(REGION, {
    comment: 'Friday evening',
    number: number!,
    replaces,
  });
  await eventually(async () => Date.now() > effectiveAt && (await api.inForce(REGION)).zones.length > 0);
}

/** Lets another dispatcher edit the zones: one that is wider, a new one, and one that is gone. */
export async function coEditor(system: System): Promise<() => Promise<void>> {
  const client = new DispatchClient({ url: system.url, token: await system.token('dispatcher', 'maya') });
  await client.connect();
  const user = { id: 'maya', name: 'Maya', colour: '#8a3f7c' };
  const editor = await client.editZones(REGION, { user });
  await eventually(async () => editor.state.isSaved && editor.zones.length > 0);
  editor.select(['east']);
  editor.setCursor([-73.966, 40.7585]);
  editor.moveVertex('east', { polygon: 0, ring: 0, vertex: 2 }, [-73.955, 40.764]);
  editor.add({
    name: 'Times Square, New Year',
    kind: 'no_dropoff',
    polygons: [
      [
        [
          [-73.988, 40.7554],
          [-73.9846, 40.754],
          [-73.9822, 40.7575],
          [-73.9856, 40.7589],
        ],
      ],
    ],
  });
  editor.remove('grand');
  await eventually(async () => editor.state.isSaved);
  return async () => {
    await editor.close();
    client.close();
  };
}
