import { beforeEach, expect, it, vi } from 'vitest';
import type { OfferedTrip } from '#protocol';
import { Offers } from './offers.js';

const offerOf = (tripId: string, expiresAt: number): OfferedTrip => ({
  tripId,
  driverId: 'me',
  expiresAt,
  distanceM: 1,
  durationS: 1,
  by: 'detour',
  pickup: { lat: 0, lng: 1 },
  dropoff: { lat: 0, lng: 2 },
});

let told: string[];
let offers: Offers;
beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
  told = [];
  offers = new Offers(Date.now, {
    offer: ({ tripId }) => told.push(`offer ${tripId}`),
    over: ({ tripId, reason }) => told.push(`over ${tripId} ${reason}`),
  });
  return () => vi.useRealTimers();
});

it('tells an offer once, however often it is made, and its end once', () => {
  offers.made(offerOf('a', 9_000));
  offers.made(offerOf('a', 9_000));
  offers.over({ tripId: 'other', reason: 'taken' });
  offers.over({ tripId: 'a', reason: 'withdrawn' });
  offers.over({ tripId: 'a', reason: 'expired' });
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['offer a', 'over a withdrawn']);
});

it('tells nothing of an offer that has expired', () => {
  offers.made(offerOf('a', 1_000));
  expect(told).toEqual([]);
});

it('ends an offer of which nothing more is heard, and one that another takes the place of', () => {
  offers.made(offerOf('a', 9_000));
  offers.made(offerOf('b', 9_500));
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['offer a', 'over a withdrawn', 'offer b', 'over b expired']);
});

it('leaves the end of an offer that was answered to the answer', () => {
  offers.made(offerOf('a', 9_000));
  expect(offers.settle('a')).toBe(true);
  vi.advanceTimersByTime(60_000);
  expect(told).toEqual(['offer a']);
});

it('is silent in a pause, and goes on when the offer is made again', () => {
  offers.made(offerOf('a', 90_000));
  offers.pause();
  vi.advanceTimersByTime(80_000);
  offers.made(offerOf('a', 90_000));
  vi.advanceTimersByTime(80_000);
  expect(told).toEqual(['offer a', 'over a expired']);
});
