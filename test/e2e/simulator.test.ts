import { afterAll, beforeAll, expect, test } from 'vitest';
import { isOpen, type Trip } from '#protocol';
import { Api } from '#sdk';
import { type Service, type System, startService, startSystem, stopService } from '../fixtures/system.js';

let system: System;
let simulator: Service;
let dispatcher: Api;
const startSimulator = () =>
  startService('apps/simulator/src/main.js', { HEXFLEET_URL: system.url, HEXFLEET_VEHICLES: '20' });
beforeAll(async () => {
  system = await startSystem();
  dispatcher = new Api({ url: system.url, token: await system.token('dispatcher', 'desk') });
  simulator = await startSimulator();
});
afterAll(async () => {
  await stopService(simulator);
  await system.stop();
});

const withDriver = async (): Promise<Trip[]> =>
  (await dispatcher.openTrips()).filter(({ driverId }) => driverId !== null);

test('riders get trips, and a killed and restarted simulator continues them', async () => {
  await expect.poll(async () => (await withDriver()).length, { timeout: 45_000 }).toBeGreaterThan(1);
  const ended = new Promise((resolve) => simulator.process.once('exit', resolve));
  simulator.process.kill('SIGKILL');
  await ended;
  const [going, calledOff] = (await withDriver()) as [Trip, Trip];
  const startedAt = Date.now();
  simulator = await startSimulator();

  const isDriven = async (trip: Trip) => {
    const { state } = await dispatcher.trip(trip.id);
    const { status, position } = await dispatcher.driver(trip.driverId!);
    return status === 'busy' && position!.t > startedAt && isOpen(state) && state !== 'accepted';
  };
  for (const trip of [going, calledOff])
    await expect.poll(() => isDriven(trip), { timeout: 30_000 }).toBe(true);

  // The car of a cancelled trip is free: it gets a nearby rider or drives around.
  await dispatcher.cancelTrip(calledOff.id);
  await expect
    .poll(
      async () => {
        const { status } = await dispatcher.driver(calledOff.driverId!);
        const next = (await withDriver()).some(({ driverId }) => driverId === calledOff.driverId);
        return status === 'available' || next;
      },
      { timeout: 30_000 },
    )
    .toBe(true);
}, 150_000);
