/** Waters and neighbours: what a New Yorker finds the way by. The city has no data of them; `turn` is along the shore. */
const place = (name: string, lng: number, lat: number, turn: number, water: boolean): GeoFeature => ({
  type: 'Feature',
  properties: { name, turn, water },
  geometry: { type: 'Point', coordinates: [lng, lat] },
});

type GeoFeature = {
  type: 'Feature';
  properties: { name: string; turn: number; water: boolean };
  geometry: { type: 'Point'; coordinates: [number, number] };
};

// Along the island, 29.1° clockwise from north, read from below: -60.9° from the line of reading.
const ALONG = -60.9;
const ACROSS = 29.1;

export const PLACES = {
  type: 'FeatureCollection' as const,
  features: [
    place('Hudson River', -74.0095, 40.7655, ALONG, true),
    place('Hudson River', -73.9795, 40.8085, ALONG, true),
    place('Hudson River', -74.0235, 40.7265, ALONG, true),
    place('East River', -73.9668, 40.7475, ALONG, true),
    place('East River', -73.9685, 40.7225, ALONG, true),
    place('Queens', -73.938, 40.748, ACROSS, false),
    place('Brooklyn', -73.956, 40.713, ACROSS, false),
    place('New Jersey', -74.034, 40.757, ACROSS, false),
  ],
};
