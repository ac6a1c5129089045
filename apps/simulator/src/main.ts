import { manhattan } from '#city';
import { loadConfig, urlOf } from '#config';
import { createLogger, orExit, ready } from '#ops/process';
import { devToken } from '#sdk';
import { createFleet, lastPositions, startAll } from './fleet.js';
import { startRiders } from './riders.js';

const FIRST = 50;

async function main(): Promise<void> {
  const config = loadConfig(process.env);
  const logger = createLogger('simulator', config.logLevel);
  const url = config.url ?? urlOf(config.host, config.port);
  const city = manhattan();
  const service = () => devToken('service', 'simulator', url);
  const positions = await lastPositions(url, city, service);
  const drivers = createFleet(url, city, config.vehicles, positions);
  // The first vehicles prove that the service accepts them; the others follow while the demo is already running.
  await startAll(drivers.slice(0, FIRST), positions);
  startAll(drivers.slice(FIRST), positions).catch((error: unknown) =>
    logger.error({ err: error }, 'a vehicle cannot start'),
  );
  const stopRiders = startRiders(url, city, config.vehicles, (error) =>
    logger.error({ err: error }, 'a rider has stopped'),
  );
  const close = async () => {
    stopRiders();
    for (const driver of drivers) driver.stop();
  };
  ready({ resumed: positions.size }, close, logger);
}

await orExit(main());
