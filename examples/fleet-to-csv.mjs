// Writes where the fleet is, as CSV, every few seconds: node fleet-to-csv.mjs [address] [seconds] >> fleet.csv
import { DispatchClient, devToken } from '@hexfleet/sdk';

const [url = 'http://localhost:3000', seconds = '5'] = process.argv.slice(2);
const MANHATTAN = [-74.03, 40.68, -73.9, 40.88]; // west, south, east, north

const dispatch = new DispatchClient({ url, token: () => devToken('dispatcher', 'csv', url) });
await dispatch.connect();
// From here on the client keeps `vehicles` current: a snapshot, then what moved and what is gone.
await dispatch.watchFleet({ bbox: MANHATTAN, zoom: 12 });

console.log('time,driver,status,lat,lng,heading,speed_mps,age_s');
const write = () => {
  const now = Date.now();
  for (const { id, status, lat, lng, heading, speedMps, t } of dispatch.vehicles)
    console.log(
      [
        new Date(now).toISOString(),
        quoted(id),
        status,
        lat,
        lng,
        Math.round(heading),
        speedMps.toFixed(1),
        Math.round((now - t) / 1_000),
      ].join(','),
    );
};
const quoted = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

write();
const timer = setInterval(write, Number(seconds) * 1_000);
process.once('SIGINT', () => {
  clearInterval(timer);
  dispatch.close();
});
