import { beforeEach, expect, it, vi } from 'vitest';
import type { OfferedTrip } from '#protocol';
import { Offers } from './offers.js';

const offerOf = (tripId: string, expiresAt: number): OfferedTrip => ({
  tripId,
  driverId: 'me',
  expiresAt,
  distanceM: 1,
  durationS: 1,
  by: 'straight_line',
  pickup: { lat: 0, lng: 1 },
  dropoff: { lat: 0, lng: 2 },
});

let emitted: string[];
let offers: Offers;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
  emitted = [];
  offers = new Offers(Date.now, {
    offer: ({ tripId }) => emitted.push(`offer ${tripId}`),
    over: ({ tripId, reason }) => emitted.push(`over ${tripId} ${reason}`),
  });
  return () => vi.useRealTimers();
});

it('emits an offer once, however often it is made, and its end once', () => {
  offers.add(offerOf('a', 9_000));
  offers.add(offerOf('a', 9_000));
  offers.end({ tripId: 'other', reason: 'taken' });
  offers.end({ tripId: 'a', reason: 'withdrawn' });
  offers.end({ tripId: 'a', reason: 'expired' });
  vi.advanceTimersByTime(60_000);
  expect(emitted).toEqual(['offer a', 'over a withdrawn']);
});

it('does not emit an offer that has expired', () => {
  offers.add(offerOf('a', 1_000));
  expect(emitted).toEqual([]);
});

it('ends an offer without further messages, and one that another offer replaces', () => {
  offers.add(offerOf('a', 9_000));
  offers.add(offerOf('b', 9_500));
  vi.advanceTimersByTime(60_000);
  expect(emitted).toEqual(['offer a', 'over a withdrawn', 'offer b', 'over b expired']);
});

it('does not emit the end of an offer that the driver has answered', () => {
  offers.add(offerOf('a', 9_000));
  expect(offers.settle('a')).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(emitted).toEqual(['offer a']);
});

it('does not expire an offer during a pause, and continues when it is made again', () => {
  offers.add(offerOf('a', 90_000));
  offers.pause();
  vi.advanceTimersByTime(80_000);
  offers.add(offerOf('a', 90_000));
  vi.advanceTimersByTime(80_000);
  expect(emitted).toEqual(['offer a', 'over a expired']);
});
