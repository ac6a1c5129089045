import { spawnSync } from 'node:child_process';
import { between } from '#city';
import { freePort } from '../../fixtures/ports.js';
import { builtPath, stopService } from '../../fixtures/system.js';
import { atLeast, type Context, none, type Scenario, type Verdict } from '../scenario.js';
import { PARTITIONS, type TestBed, unfinished, withTestBed } from '../test-bed.js';
import { indexedOnce, neverMovesBack, nothingLost } from '../verdicts.js';

const FEWER = { HEXFLEET_PARTITIONS: String(PARTITIONS - 1) };

export const partitionsShrunk: Scenario = {
  name: 'partitions-shrunk',
  description: 'a processor disagrees about the number of partitions, which then shrinks while fixes wait',
  run: async (context) => {
    // The clients come back to the same address.
    const env = { PORT: String(await freePort()) };
    return withTestBed(context, { env }, (testBed) => run(testBed, context));
  },
};

async function run(testBed: TestBed, context: Context): Promise<Verdict[]> {
  const { system } = testBed;
  const { random, seconds, log } = context;
  await testBed.until(between(random, 0.15, 0.25) * seconds);
  for (const { process: child } of system.processors) child.kill('SIGKILL');
  log('Killed the only processor.');
  const refusal = await system.startProcessor('processor-2', FEWER).then(
    () => null,
    (error: Error) => error.message,
  );
  log(
    `A processor with ${PARTITIONS - 1} instead of ${PARTITIONS} partitions: ${refusal?.trim() ?? 'started'}`,
  );
  await testBed.until(0.35 * seconds);
  await stopService(system.front);
  const waiting = await unfinished(system.redis.client);
  log(`Stopped the gateways; ${waiting} entries wait.`);
  const change = spawnSync(process.execPath, [builtPath('apps/processor/src/settings.js'), '--apply'], {
    env: { ...system.env, ...FEWER, PATH: process.env.PATH },
    encoding: 'utf8',
  });
  for (const line of `${change.stdout}${change.stderr}`.trim().split('\n')) log(`npm run settings: ${line}`);
  await Promise.all([
    system.start('apps/gateway/src/front.js', FEWER),
    system.startProcessor('processor-2', FEWER),
  ]);
  log('Started gateways and a processor with the new number.');
  await testBed.until(seconds);
  await testBed.settle();
  return [
    none('processors that started with another number', refusal?.includes('HEXFLEET_PARTITIONS') ? 0 : 1),
    atLeast('entries that waited when the number was changed', waiting, 1),
    none('exit code of the change', change.status ?? 1),
    ...(await nothingLost(testBed, context)),
    ...(await indexedOnce(testBed, context)),
    ...neverMovesBack(testBed, context),
  ];
}
