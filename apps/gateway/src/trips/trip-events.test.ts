import { expect, test } from 'vitest';
import { begin } from '#trips';
import { TripEvents } from './trip-events.js';

const PLACE = { lat: 40.75, lng: -73.99 };
const after = begin({ id: 't', riderId: 'r', driverId: null, pickup: PLACE, dropoff: PLACE }, 1);

test('listeners run in the order of their stages, each after the one before has finished', async () => {
  const events = new TripEvents();
  const log: string[] = [];
  for (const stage of ['observe', 'settle', 'alert', 'notify', 'assign'] as const)
    events.on(stage, async (change) => {
      expect(change).toEqual({ before: null, after });
      log.push(`${stage} begins`);
      await Promise.resolve();
      log.push(`${stage} ends`);
    });
  await events.emit({ before: null, after });
  const stages = ['assign', 'notify', 'alert', 'settle', 'observe'];
  expect(log).toEqual(stages.flatMap((stage) => [`${stage} begins`, `${stage} ends`]));
});

test('a listener that fails rejects the change and stops the stages behind it', async () => {
  const events = new TripEvents();
  const log: string[] = [];
  events.on('assign', () => void log.push('assign'));
  events.on('notify', () => Promise.reject(new Error('Redis is unavailable')));
  events.on('settle', () => void log.push('settle'));
  await expect(events.emit({ before: after, after })).rejects.toThrow('Redis is unavailable');
  expect(log).toEqual(['assign']);
});
