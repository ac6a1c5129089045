import { once } from 'node:events';
import { Server } from 'socket.io';
import { Metrics } from '#ops';
import { Hub } from '#realtime';
import { connect, type DriverEvent, FleetIndex, FleetQueries, FollowLog } from '#store';
import { CellBroadcaster } from '../../../apps/processor/src/broadcast/cell-broadcaster.js';
import { DriverBroadcaster } from '../../../apps/processor/src/broadcast/driver-broadcaster.js';
import { FollowedDrivers } from '../../../apps/processor/src/broadcast/followed-drivers.js';
import { createBatchHandler } from '../../../apps/processor/src/pipeline/batch-handler.js';
import { Processor } from '../../../apps/processor/src/pipeline/processor.js';
import { SamplingController } from '../../../apps/processor/src/sampling/sampling-controller.js';
import { eventually } from '../../fixtures/eventually.js';
import type { Move } from './city.js';
import { batchesOf, type Contender, cpuMsOf, startOwnRedis } from './contender.js';

const TICK_MS = 1_000;
const SILENT_MS = 30_000;

/** A complete processor without followers, wired as in pipeline.module.ts, and its index. */
export async function startHexfleet(): Promise<Contender> {
  const own = await startOwnRedis();
  const fail = (error: Error) => process.emit('uncaughtException', error);
  const redis = connect(own.url, 'pipelined', fail);
  await once(redis, 'ready');
  const hub = new Hub(own.url, fail);
  hub.attach(new Server({ adapter: hub.adapter }));
  await eventually(() =>
    hub.occupied([{ namespace: '/rider', room: 'any' }]).then(
      () => true,
      () => false,
    ),
  );
  const index = new FleetIndex(redis);
  // As in a gateway, whose queries do not wait for each other.
  const asking = connect(own.url, 'commands', fail);
  await once(asking, 'ready');
  const questions = new FleetQueries(asking);
  const frames = new CellBroadcaster(hub);
  const sampler = new SamplingController(hub, new FollowLog(redis), SILENT_MS);
  const announcer = new DriverBroadcaster(
    hub,
    new FollowedDrivers(hub, new FollowLog(redis), redis),
    sampler,
  );
  // The fixes of a run have times of the past hour.
  const processor = new Processor(
    index,
    announcer,
    frames,
    new Metrics('bench'),
    1,
    Number.POSITIVE_INFINITY,
  );
  const handleBatch = createBatchHandler(processor, (_, error) => fail(error));
  const handle = async (batch: DriverEvent[]) => (await handleBatch(batch, false))();
  const flush = () => frames.flush(Math.floor(Date.now() / TICK_MS));
  const ticks = setInterval(() => flush().catch(fail), TICK_MS);
  return {
    name: 'hexfleet',
    load: async (moves) => {
      for (const batch of batchesOf(moves, 1_000)) await handle(batch.flatMap(firstEvents));
    },
    move: handle,
    settle: flush,
    nearest: async (limit, point, maxM) => {
      const found = await questions.nearest(limit, point, { maxM, statuses: ['available'] });
      return found.map(({ record: { driverId, lat, lng }, distanceM }) => ({
        driverId,
        lat,
        lng,
        distanceM,
      }));
    },
    redisCpuMs: () => cpuMsOf(own),
    stop: async () => {
      clearInterval(ticks);
      hub.close();
      redis.disconnect();
      asking.disconnect();
      await own.stop();
    },
  };
}

/** Returns the events with which a driver appears. A driver without a declared status is available. */
function firstEvents(move: Move): DriverEvent[] {
  if (move.status === 'available') return [move];
  const { driverId, receivedAt, status } = move;
  return [{ driverId, receivedAt, change: status, order: receivedAt * 1_000 }, move];
}
