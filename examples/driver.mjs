// A driver that circles a block, with the client library: node driver.mjs [address] [name]
import { DriverClient, devToken } from '@hexfleet/sdk';

const [url = 'http://localhost:3000', name = 'grace'] = process.argv.slice(2);
const CENTER = { lat: 40.7484, lng: -73.9857 };
const RADIUS_M = 150;
const SPEED_MPS = 8;

const driver = new DriverClient({ url, token: () => devToken('driver', name, url) });
driver.on('connection', ({ state }) => console.log(`connection: ${state}`));
driver.on('offer', async ({ tripId, durationS }) => {
  console.log(`offered trip ${tripId}, ${durationS} s away`);
  await driver.accept(tripId);
});
driver.on('trip', ({ id, state }) => console.log(`trip ${id} is ${state}`));

await driver.connect();
await driver.setStatus('available');
console.log(`${name} is available`);

// A real app passes on what its receiver reads. `report` sends as often as the service asks for, and keeps each fix
// until the service has stored it.
const timer = setInterval(() => {
  const angle = (Date.now() / 1_000) * (SPEED_MPS / RADIUS_M);
  const northM = RADIUS_M * Math.cos(angle);
  const eastM = RADIUS_M * Math.sin(angle);
  driver.report({
    t: Date.now(),
    lat: CENTER.lat + northM / 111_320,
    lng: CENTER.lng + eastM / (111_320 * Math.cos((CENTER.lat * Math.PI) / 180)),
    accuracyM: 5,
    speedMps: SPEED_MPS,
  });
}, 1_000);

process.once('SIGINT', async () => {
  clearInterval(timer);
  await driver.setStatus('offline');
  driver.close();
});
