/** Label of a river or a neighbouring area, which the city's data lack. @param turn rotation of the text, degrees */
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

// The island lies 29.1° clockwise of north, so text along it is rotated by 29.1° - 90° = -60.9°.
const ALONG = -60.9;
const ACROSS = 29.1;

/** Labels around Manhattan. */
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
