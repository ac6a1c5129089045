import { expect, it, vi } from 'vitest';
import { CODES, type DriverPosition, type FeedPart, type Trip } from '#protocol';
import type { Api } from '../api.js';
import type { Connection } from '../connection/connection.js';
import { HexfleetError } from '../connection/errors.js';
import { RiderTrip, type TripView } from './rider-trip.js';

const tripIn = (state: Trip['state'], version: number, driverId: string | null = null): Trip => ({
  id: 'trip',
  riderId: 'me',
  driverId,
  pickup: { lat: 0, lng: 1 },
  dropoff: { lat: 0, lng: 2 },
  state,
  version,
  createdAt: 0,
  changedAt: version,
  times: {},
  cancelled: null,
  offer: null,
  eta: null,
});
const positionAt = (t: number): DriverPosition => ({
  driverId: 'd',
  t,
  lat: 0,
  lng: 0,
  heading: 0,
  speedMps: 0,
});
const etaOf = (version: number) => ({
  tripId: 'trip',
  version,
  eta: { to: 'pickup' as const, at: 1, distanceM: 1, durationS: 1, by: 'detour' as const },
});

/** A trip's end of a connection whose answers and pushes are given by hand. */
function connected() {
  const listeners = new Map<string, (payload: unknown, id?: string) => void>();
  const asked: Array<{ answer(view: TripView): void; refuse(error: HexfleetError): void }> = [];
  const missed = vi.fn<(resume: { after: string }) => Promise<FeedPart>>();
  const connection = {
    hello: {},
    onState: () => () => {},
    on: (event: string, listener: (payload: unknown, id?: string) => void) => listeners.set(event, listener),
    request: (event: string, payload: never) =>
      event === 'feed:resume'
        ? missed(payload)
        : new Promise<TripView>((answer, refuse) => {
            asked.push({ answer, refuse });
          }),
  } as unknown as Connection<'/rider'>;
  const told: string[] = [];
  const api = { trip: vi.fn(async () => tripIn('cancelled', 9)) };
  const trip = new RiderTrip(connection, api as unknown as Api, {
    trip: ({ state }) => told.push(state),
    eta: ({ version }) => told.push(`eta ${version}`),
    position: ({ t }) => told.push(`at ${t}`),
    gone: () => told.push('gone'),
    presence: ({ online }) => told.push(online ? 'online' : 'gone'),
    notice: () => 0,
    dropped: ({ code }) => told.push(code),
  });
  const push = (event: string, payload: unknown, id?: string) => listeners.get(event)!(payload, id);
  return { trip, push, asked, told, api, missed };
}

it('tells each version once, in order, and watches again when a driver has accepted', async () => {
  const { trip, push, asked, told } = connected();
  void trip.watch('trip');
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked[0]!.answer({ trip: tripIn('requested', 1), position: null, presence: null });
  await vi.waitFor(() => expect(told).toEqual(['requested']));
  push('trip', tripIn('accepted', 3, 'd'));
  push('trip', tripIn('offered', 2));
  push('trip', tripIn('accepted', 3, 'd'));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]!.answer({ trip: tripIn('accepted', 3, 'd'), position: positionAt(5), presence: null });
  await vi.waitFor(() => expect(told).toEqual(['requested', 'accepted', 'at 5']));
  push('position', positionAt(4));
  push('position', { ...positionAt(7), driverId: 'another' });
  push('position', positionAt(6));
  expect(told.at(-1)).toBe('at 6');
  push('trip', tripIn('completed', 4, 'd'));
  push('position', positionAt(8));
  expect(told).toEqual(['requested', 'accepted', 'at 5', 'at 6', 'completed']);
  expect(asked).toHaveLength(2);
});

it('watches again when the answer that it waits for is overtaken', async () => {
  const { trip, push, asked, told } = connected();
  void trip.watch('trip');
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  push('trip', tripIn('accepted', 3, 'd'));
  asked[0]!.answer({ trip: tripIn('requested', 1), position: null, presence: null });
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  expect(told).toEqual(['accepted']);
});

it('watches again when an estimate tells of a change that it has missed', async () => {
  const { trip, push, asked, told } = connected();
  void trip.watch('trip');
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked[0]!.answer({ trip: tripIn('accepted', 3, 'd'), position: null, presence: null });
  await vi.waitFor(() => expect(told).toEqual(['accepted']));
  push('eta', etaOf(2));
  push('eta', etaOf(3));
  push('eta', etaOf(4));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]!.answer({ trip: tripIn('arriving', 4, 'd'), position: null, presence: null });
  await vi.waitFor(() => expect(told).toEqual(['accepted', 'eta 3', 'eta 4', 'arriving']));
});

const entry = (id: string, payload: Trip) => ({ id, event: 'trip', payload, expiresAt: null });

it('tells what a push or an answer shows to be missing first', async () => {
  const { trip, push, asked, told, missed } = connected();
  trip.begin(tripIn('requested', 1));
  push('trip', tripIn('requested', 1), '7-1');
  const offered = entry('7-2', tripIn('offered', 2));
  const accepted = entry('7-3', tripIn('accepted', 3, 'd'));
  missed.mockResolvedValueOnce({ entries: [offered, accepted], last: '7-3', complete: true });
  push('trip', accepted.payload, accepted.id);
  await vi.waitFor(() => expect(told).toEqual(['requested', 'offered', 'accepted']));
  expect(missed).toHaveBeenCalledWith({ after: '7-1' });

  const arriving = entry('7-4', tripIn('arriving', 4, 'd'));
  missed.mockResolvedValueOnce({ entries: [arriving], last: '7-4', complete: true });
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked[0]!.answer({ trip: tripIn('arrived', 5, 'd'), position: positionAt(1), presence: null });
  await vi.waitFor(() => expect(told.slice(3)).toEqual(['at 1', 'arriving', 'arrived']));
});

it('tells the end that it was not told', async () => {
  const { trip, push, asked, told } = connected();
  trip.begin(tripIn('accepted', 3, 'd'));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  asked[0]!.answer({ trip: tripIn('accepted', 3, 'd'), position: null, presence: null });
  await vi.waitFor(() => expect(told).toEqual(['accepted']));
  push('eta', etaOf(4));
  await vi.waitFor(() => expect(asked).toHaveLength(2));
  asked[1]!.refuse(new HexfleetError({ code: 'TRIP_OVER', ...CODES.TRIP_OVER }));
  await vi.waitFor(() => expect(told).toEqual(['accepted', 'eta 4', 'TRIP_OVER', 'cancelled']));
});

it('does not tell an end again that many trips ago was told', async () => {
  const { trip, push, asked, told, api } = connected();
  trip.begin(tripIn('accepted', 3, 'd'));
  await vi.waitFor(() => expect(asked).toHaveLength(1));
  push('trip', { ...tripIn('cancelled', 9), id: 'trip' }, '7-1');
  for (let n = 0; n < 100; n += 1)
    push('trip', { ...tripIn('completed', 1), id: `later ${n}` }, `7-${n + 2}`);
  asked[0]!.refuse(new HexfleetError({ code: 'TRIP_OVER', ...CODES.TRIP_OVER }));
  await vi.waitFor(() => expect(api.trip).toHaveBeenCalled());
  await new Promise(setImmediate);
  expect(told.at(-1)).toBe('completed');
});
