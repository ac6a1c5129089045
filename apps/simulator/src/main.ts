import { manhattan } from '#city';
import { loadConfig } from '#config';
import { createLogger, orExit, ready } from '#ops/process';
import { devToken } from '#sdk';
import { Demand } from './demand.js';
import { createFleet, lastPositions, startAll } from './fleet.js';
import { seeded } from './random.js';

/** Of a hundred vehicles, so many trips are asked for each minute; each takes some eight minutes. */
const TRIPS_PER_MINUTE = 5;
const FIRST = 50;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger('simulator', config.logLevel);
  const url = config.url ?? `http://localhost:${config.port}`;
  const city = manhattan();
  const service = () => devToken('service', 'simulator', url);
  const positions = await lastPositions(url, city, service);
  const drivers = createFleet(url, city, config.vehicles, positions);
  // The first ones show that the service takes them; the others follow while it is already looked at.
  await startAll(drivers.slice(0, FIRST));
  startAll(drivers.slice(FIRST)).catch((error: unknown) =>
    logger.error({ err: error }, 'a vehicle cannot start'),
  );
  const demand = new Demand(city, seeded(Date.now()), { url, token: await service() });
  demand.start((config.vehicles / 100) * TRIPS_PER_MINUTE);
  const close = async () => {
    demand.stop();
    for (const driver of drivers) driver.stop();
  };
  ready({ resumed: positions.size }, close, logger);
}

await orExit(main());
