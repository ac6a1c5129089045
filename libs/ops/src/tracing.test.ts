import { expect, onTestFinished, test } from 'vitest';
import { startCollector } from '../../../test/fixtures/collector.js';
import { createTracing, fixTraceOf, Tracing, tripTraceOf } from './tracing.js';

/** Returns a time at which a fix of the driver is traced. */
function tracedTime(driverId: string): number {
  let t = 1_800_000_000_000;
  while (fixTraceOf(driverId, t) === null) t += 1;
  return t;
}

test('about one fix in a thousand is traced, and a process without a collector sends nothing', () => {
  const traced = Array.from({ length: 100_000 }, (_, t) => fixTraceOf('d', t)).filter((id) => id !== null);
  expect(traced.length).toBeGreaterThan(60);
  expect(traced.length).toBeLessThan(140);
  const off = new Tracing(null);
  off.fix('gateway: store fix', 'd', tracedTime('d'), 1, 2);
  expect(off.isOn).toBe(false);
});

test('a collector gets the steps of a fix and of a trip from several processes as one trace each', async () => {
  const { endpoint: otlpEndpoint, spans, stop } = await startCollector();
  onTestFinished(stop);
  const gateway = await createTracing({ otlpEndpoint }, 'gateway', 'gateway-1');
  const processor = await createTracing({ otlpEndpoint }, 'processor', 'processor-1');

  const t = tracedTime('d');
  gateway.fix('gateway: store fix', 'd', t, 1_000, 1_003);
  processor.fix('processor: decide and publish', 'd', t, 1_000, 1_010);
  gateway.fix('gateway: send frame', 'd', t, 1_011, 1_011);
  gateway.fix('gateway: store fix', 'd', t + 1, 1_000, 1_003);
  gateway.trip('trip-1', 'requested', 1, 2_000, 3_000);
  gateway.trip('trip-1', null, 5, 2_000, 9_000);
  await Promise.all([gateway.onApplicationShutdown(), processor.onApplicationShutdown()]);

  const named = (name: string) => spans.find((span) => span.name === name)!;
  const [store, decide, send] = [
    named('gateway: store fix'),
    named('processor: decide and publish'),
    named('gateway: send frame'),
  ];
  expect(spans.filter(({ traceId }) => traceId === fixTraceOf('d', t))).toHaveLength(3);
  expect([store.parentSpanId ?? '', decide.parentSpanId, send.parentSpanId]).toEqual([
    '',
    store.spanId,
    decide.spanId,
  ]);
  expect([store.service, decide.service]).toEqual(['hexfleet-gateway', 'hexfleet-processor']);
  expect(Number(decide.endTimeUnixNano) - Number(decide.startTimeUnixNano)).toBeCloseTo(10_000_000, -4);
  expect(named('trip requested')).toMatchObject({
    traceId: tripTraceOf('trip-1'),
    parentSpanId: named('trip').spanId,
  });
  expect(spans).toHaveLength(5);
});

test('2,048 spans wait for the collector, and further ones are dropped', async () => {
  const { endpoint: otlpEndpoint, spans, stop } = await startCollector();
  onTestFinished(stop);
  const tracing = await createTracing({ otlpEndpoint }, 'gateway', 'gateway-1');
  // All at once, so no batch arrives before the last one.
  for (let n = 0; n < 5_000; n += 1) tracing.trip('trip-1', 'requested', n, 2_000, 3_000);
  await tracing.onApplicationShutdown();
  // A batch of 512 was under way besides.
  expect(spans).toHaveLength(2_048 + 512);
});
