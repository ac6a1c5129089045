import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DriverPosition } from '#protocol';
import { fixTraceOf, tripTraceOf } from '../../libs/ops/src/tracing.js';
import { startCollector } from '../fixtures/collector.js';
import { Apps, north } from '../fixtures/journey.js';
import { type System, startSystem } from '../fixtures/system.js';

const PLACE = { lat: 40.75, lng: -73.99 };
const DRIVER = 'traced-driver';

let collector: Awaited<ReturnType<typeof startCollector>>;
let system: System;
let apps: Apps;
beforeAll(async () => {
  collector = await startCollector();
  system = await startSystem({ env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.endpoint } });
  apps = new Apps(system);
});
afterAll(async () => {
  apps.closeAll();
  await system.stop();
  collector.stop();
});

const spansOf = (traceId: string | null) => collector.spans.filter((span) => span.traceId === traceId);

/** Returns the first time from now on at which a fix of the driver is traced, once it has come. */
async function tracedTime(): Promise<number> {
  let t = Date.now();
  while (fixTraceOf(DRIVER, t) === null) t += 1;
  await expect.poll(() => Date.now()).toBeGreaterThanOrEqual(t);
  return t;
}

test('one trace shows a fix from the gateway of its driver through the processor to the gateway of its rider', async () => {
  const [near, far] = system.gateways;
  const driver = await apps.driverAt(DRIVER, PLACE, { url: near!.url });
  const rider = await apps.rider('tracing-rider', { url: far!.url });
  const offers: string[] = [];
  driver.on('offer', ({ tripId }) => offers.push(tripId));
  const positions: DriverPosition[] = [];
  rider.on('position', (position) => positions.push(position));
  const trip = await rider.requestTrip({ pickup: PLACE, dropoff: north(PLACE, 3_000) });
  await expect.poll(() => offers).toEqual([trip.id]);
  await driver.accept(trip.id);
  await expect.poll(() => positions.length, { message: 'the rider follows' }).toBeGreaterThan(0);

  const t = await tracedTime();
  driver.push({ t, ...north(PLACE, 20) });
  await expect.poll(() => positions.at(-1)?.t).toBe(t);
  const steps = () =>
    spansOf(fixTraceOf(DRIVER, t))
      .map(({ node, name }) => `${name} (${node})`)
      .toSorted();
  await expect
    .poll(steps)
    .toEqual([
      `gateway: send frame (${far!.node})`,
      `gateway: store fix (${near!.node})`,
      'processor: decide and publish (processor-1)',
    ]);
  const [stored, decided, sent] = ['store fix', 'decide and publish', 'send frame'].map(
    (step) => spansOf(fixTraceOf(DRIVER, t)).find(({ name }) => name.endsWith(step))!,
  );
  expect([stored!.parentSpanId ?? '', decided!.parentSpanId, sent!.parentSpanId]).toEqual([
    '',
    stored!.spanId,
    decided!.spanId,
  ]);
  expect(Number(BigInt(sent!.endTimeUnixNano) - BigInt(stored!.startTimeUnixNano))).toBeGreaterThanOrEqual(0);

  for (const step of ['arriving', 'arrived', 'on_trip', 'completed'] as const)
    await driver.step(trip.id, step);
  const states = ['requested', 'offered', 'accepted', 'arriving', 'arrived', 'on_trip'];
  await expect
    .poll(() => new Set(spansOf(tripTraceOf(trip.id)).map(({ name }) => name)))
    .toEqual(new Set(['trip', ...states.map((state) => `trip ${state}`)]));
});
