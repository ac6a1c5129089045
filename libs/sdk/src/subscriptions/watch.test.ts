import type { Socket } from 'socket.io';
import { afterEach, expect, test } from 'vitest';
import type { Car, DriverPosition } from '#protocol';
import { type ScriptedService, startScriptedService } from '../../../../test/fixtures/scripted-service.js';
import { DispatchClient } from '../dispatch.js';
import { RiderClient } from '../rider.js';

let service: ScriptedService;
let client: RiderClient | DispatchClient;
afterEach(async () => {
  client.close();
  await service.stop();
});

const car = (id: string, t: number): Car => ({
  id,
  lat: 1,
  lng: 2,
  heading: 0,
  t,
});
const frame = (cell: string, moved: Car[], gone: string[] = []) => ({ tick: 1, cell, moved, gone });
const position = (driverId: string, t: number): DriverPosition => ({
  driverId,
  t,
  lat: 1,
  lng: 2,
  heading: 0,
  speedMps: 0,
  receivedAt: t,
});
const trip = {
  id: 't',
  riderId: 'r',
  driverId: 'd',
  pickup: {},
  dropoff: {},
  state: 'arriving',
  createdAt: 1,
  changedAt: 1,
};
const area = { lat: 1, lng: 2, radiusM: 500 };
const options = () => ({ url: service.url, token: 'token', backoff: { baseMs: 1 } });

async function rider(onSocket: (socket: Socket) => void): Promise<RiderClient> {
  service = await startScriptedService('/rider', onSocket);
  const created = new RiderClient(options());
  client = created;
  await created.connect();
  return created;
}
async function dispatch(onSocket: (socket: Socket) => void): Promise<DispatchClient> {
  service = await startScriptedService('/dispatch', onSocket);
  const created = new DispatchClient(options());
  client = created;
  await created.connect();
  return created;
}

test('a car that leaves before the answer arrives does not stay as a ghost, in a new watch or a restored one', async () => {
  const one = await rider((socket) => {
    socket.on('nearby:watch', (_area, ack) => {
      socket.emit('cars', frame('here', [], ['ghost']));
      socket.emit('cars', frame('left', [car('behind', 2)]));
      ack({ ok: true, cars: [car('ghost', 1), car('there', 1)], removedCells: ['left'] });
      socket.emit('cars', frame('here', [car('new', 3)]));
    });
  });
  const changes: string[][] = [];
  one.on('cars', ({ moved, gone }) =>
    changes.push([...moved.map(({ id }) => id), ...gone.map((id) => `-${id}`)]),
  );
  const expected = [['ghost', 'there'], ['-ghost'], ['new']];
  await one.watchNearby(area);
  await expect.poll(() => changes).toEqual(expected);
  service.sockets[0]!.disconnect();
  await expect.poll(() => changes).toEqual([...expected, ...expected]);
  expect([...one.cars].map(({ id }) => id)).toEqual(['there', 'new']);
});

test('a pin that moves requests only the delta, and a new connection requests everything', async () => {
  const requests: unknown[] = [];
  const one = await rider((socket) => {
    socket.on('nearby:watch', ({ delta }, ack) => {
      requests.push(delta);
      if (delta) ack({ ok: true, cars: [{ ...car('c', 1), cell: '3' }], removedCells: ['1'], delta });
      else
        ack({
          ok: true,
          cars: [
            { ...car('a', 1), cell: '1' },
            { ...car('b', 1), cell: '2' },
          ],
          removedCells: [],
          delta,
        });
    });
  });
  const changes: unknown[] = [];
  one.on('cars', ({ moved, gone, snapshot }) => changes.push([moved.map(({ id }) => id), gone, snapshot]));
  const names = (cars: Iterable<Car>) => [...cars].map(({ id }) => id);
  expect(names(await one.watchNearby(area))).toEqual(['a', 'b']);
  expect(names(await one.watchNearby({ ...area, lng: 3 }))).toEqual(['b', 'c']);
  service.sockets[0]!.disconnect();
  await expect.poll(() => names(one.cars)).toEqual(['a', 'b']);
  expect(requests).toEqual([false, true, false]);
  expect(changes).toEqual([
    [['a', 'b'], [], true],
    [['c'], ['a'], false],
    [['a', 'b'], [], true],
  ]);
});

test('a position of a followed driver that is older than one before is not reported', async () => {
  const answers = [5, 4, 8];
  const one = await dispatch((socket) => {
    socket.on('driver:watch', (_watch, ack) => {
      ack({ ok: true, position: position('d', answers.shift()!) });
      for (const t of [6, 5, 7]) socket.emit('position', position('d', t));
    });
  });
  const times: number[] = [];
  one.on('position', ({ t }) => times.push(t));
  await one.watchDriver('d');
  await expect.poll(() => times).toEqual([5, 6, 7]);
  service.sockets[0]!.disconnect();
  // The answer and the first pushes of the new connection are from before.
  await expect.poll(() => times).toEqual([5, 6, 7, 7]);
});

test('a driver who leaves before the answer arrives is reported as gone, and other drivers are not reported', async () => {
  const one = await rider((socket) => {
    socket.on('trip:watch', (_watch, ack) => {
      for (const t of [4, 6]) socket.emit('position', position('d', t));
      socket.emit('position', position('of the trip before', 9));
      socket.emit('gone', { driverId: 'd', t: 6, reason: 'silent' });
      ack({ ok: true, trip, position: position('d', 5) });
    });
  });
  const events: Array<string | number> = [];
  one.on('position', ({ t }) => events.push(t));
  one.on('gone', ({ reason }) => events.push(reason));
  await one.watchTrip('t');
  expect(events).toEqual([5, 6, 'silent']);
});

test('dispatch gets the events of a driver and of the fleet in the right order', async () => {
  const one = await dispatch((socket) => {
    socket.on('driver:watch', ({ driverId }, ack) => {
      socket.emit('gone', { driverId, t: 4, reason: 'silent' });
      for (const t of [4, 5]) socket.emit('position', position(driverId, t));
      socket.emit('gone', { driverId, t: 5, reason: 'offline' });
      ack({ ok: true, position: position(driverId, 5) });
    });
    socket.on('fleet:watch', (_area, ack) => {
      socket.emit('fleet', frame('a', [], ['ghost']));
      socket.emit('fleet', frame('b', [car('behind', 1)]));
      ack({ ok: true, vehicles: [{ ...car('ghost', 1), cell: 'a' }], removedCells: ['b'], counts: null });
    });
  });
  const events: Array<string | number> = [];
  one.on('position', ({ t }) => events.push(t));
  one.on('gone', ({ reason }) => events.push(reason));
  expect(await one.watchDriver('d')).toMatchObject({ t: 5 });
  expect(events).toEqual([5, 'offline']);
  expect(await one.watchFleet({ bbox: [0, 0, 1, 1], zoom: 12 })).toEqual([]);
});

test('a watch made before the connection exists is requested once', async () => {
  const requests: string[] = [];
  service = await startScriptedService('/dispatch', (socket) => {
    socket.onAny((event, _payload, ack) => {
      requests.push(event);
      ack({ ok: true, position: null, vehicles: [], removedCells: [], counts: null });
    });
  });
  const one = new DispatchClient(options());
  client = one;
  const watched = Promise.all([one.watchDriver('d'), one.watchFleet({ bbox: [0, 0, 1, 1], zoom: 12 })]);
  await one.connect();
  await watched;
  await one.unwatchDriver('d');
  expect(requests.filter((event) => event !== 'clock').sort()).toEqual([
    'driver:unwatch',
    'driver:watch',
    'fleet:watch',
  ]);
});

test('an aborted watch is undone, and one refused on a new connection is reported', async () => {
  const requests: string[] = [];
  let hasEnded = false;
  const one = await rider((socket) => {
    socket.on('nearby:watch', () => requests.push('watch'));
    socket.on('nearby:unwatch', (_nothing, ack) => {
      requests.push('unwatch');
      ack({ ok: true });
    });
    socket.on('trip:watch', (_watch, ack) =>
      ack(
        hasEnded
          ? { ok: false, code: 'TRIP_OVER', message: '', retry: false }
          : { ok: true, trip, position: null },
      ),
    );
  });
  const controller = new AbortController();
  const watched = one.watchNearby(area, controller);
  await expect.poll(() => requests).toEqual(['watch']);
  controller.abort(new Error('enough'));
  await expect(watched).rejects.toThrow('enough');
  await expect.poll(() => requests).toEqual(['watch', 'unwatch']);

  await one.watchTrip('t');
  hasEnded = true;
  const dropped = one.once('dropped');
  service.sockets[0]!.disconnect();
  expect(await dropped).toMatchObject({ watch: 'trip', error: { code: 'TRIP_OVER' } });
  expect(requests, 'the aborted watch is not restored').toEqual(['watch', 'unwatch']);
});
