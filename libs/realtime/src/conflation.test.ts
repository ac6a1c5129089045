import { expect, test } from 'vitest';
import type { Frame, Vehicle } from '#protocol';
import { conflate } from './conflation.js';
import type { WaitingPacket } from './internals/engine-io.js';

const NOW = Date.UTC(2026, 0, 8);

const push = (event: string, payload: object, namespace = '/rider'): WaitingPacket => ({
  type: 'message',
  data: `2${namespace},${JSON.stringify([event, payload])}`,
  options: { wsPreEncodedFrame: [Buffer.from(event)] },
});
const position = (driverId: string, t: number) => push('position', { driverId, t });
const read = ({ data }: WaitingPacket) => JSON.parse((data as string).replace(/^2\/[a-z]+,/, ''));
const car = (id: string, t: number) => ({ id, t }) as Vehicle;
const frame = (cell: string, moved: Vehicle[], gone: string[] = []) =>
  push('cars', { tick: 1, cell, moved, gone } satisfies Frame);

test('other packets are sent before positions, in their own order', () => {
  const answer = { type: 'message', data: '3/rider,7[{"ok":true}]' };
  const trip = push('trip', { id: 't' });
  const pong = { type: 'pong' };
  const last = position('d', 2);
  expect(conflate([position('d', 1), answer, last, trip, pong], NOW)).toEqual([answer, trip, pong, last]);
});

test('a position is replaced by a newer one of the same driver, and by its departure', () => {
  const gone = push('gone', { driverId: 'e', t: 1, reason: 'silent' });
  const kept = [position('d', 3), gone];
  expect(conflate([position('d', 1), position('e', 1), kept[0]!, kept[1]!], NOW)).toEqual(kept);
  const back = position('e', 4);
  expect(conflate([gone, back], NOW)).toEqual([back]);
  const inAnother = push('position', { driverId: 'd', t: 1 }, '/dispatch');
  expect(conflate([inAnother, kept[0]!], NOW)).toEqual([inAnother, kept[0]!]);
});

test('frames of one cell are merged without losing a vehicle', () => {
  const waiting = [
    frame('a', [car('x', 1), car('y', 1)]),
    frame('b', [car('z', 1)]),
    frame('a', [car('x', 2)], ['y']),
    frame('a', [car('w', 3)], ['x']),
    frame('a', [car('y', 4)]),
  ];
  const [b, a, ...rest] = conflate(waiting, NOW);
  expect(rest).toEqual([]);
  expect(b).toBe(waiting[1]);
  expect(read(a!)).toEqual(['cars', { tick: 1, cell: 'a', moved: [car('w', 3), car('y', 4)], gone: ['x'] }]);
  expect(a!.options, 'the frame encoded for all clients is dropped').toEqual({});
});

test('an expired offer is dropped', () => {
  const offer = (expiresAt: number) => push('offer', { tripId: 't', expiresAt }, '/driver');
  const valid = offer(NOW + 1);
  expect(conflate([offer(NOW), valid, offer(NOW - 1)], NOW)).toEqual([valid]);
});

test('packets that only resemble a push are left unchanged', () => {
  const strange = [
    { type: 'message', data: Buffer.from('2/rider,["position",{}]') },
    { type: 'message', data: '2/rider,["positions",{"driverId":"d"}]' },
    { type: 'message', data: '2["position",{}]' },
  ];
  expect(conflate(strange, NOW)).toEqual(strange);
});
