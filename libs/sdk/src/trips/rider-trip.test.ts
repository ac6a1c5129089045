import { expect, it, vi } from 'vitest';
import { CODES, type DriverPosition, type FeedPart, type Trip } from '#protocol';
import type { RiderApi } from '../api/rider-api.js';
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
  surgeFactor: 1,
  eta: null,
});
const positionAt = (t: number): DriverPosition => ({
  driverId: 'd',
  t,
  lat: 0,
  lng: 0,
  heading: 0,
  speedMps: 0,
  receivedAt: t,
});
const etaOf = (version: number) => ({
  tripId: 'trip',
  version,
  eta: { to: 'pickup' as const, at: 1, distanceM: 1, durationS: 1, by: 'straight_line' as const },
});

/** Creates a trip on a connection whose answers and pushes come from the test. */
function connected() {
  const listeners = new Map<string, (payload: unknown, id?: string) => void>();
  const requests: Array<{ answer(view: TripView): void; refuse(error: HexfleetError): void }> = [];
  const missed = vi.fn<(resume: { after: string }) => Promise<FeedPart>>();
  const connection = {
    hello: {},
    state: { state: 'connecting' },
    onState: () => () => {},
    on: (event: string, listener: (payload: unknown, id?: string) => void) => listeners.set(event, listener),
    request: (event: string, payload: never) =>
      event === 'feed:resume'
        ? missed(payload)
        : new Promise<TripView>((answer, refuse) => {
            requests.push({ answer, refuse });
          }),
  } as unknown as Connection<'/rider'>;
  const emitted: string[] = [];
  const api = { trip: vi.fn(async () => tripIn('cancelled', 9)) };
  const trip = new RiderTrip(connection, api as unknown as RiderApi, {
    trip: ({ state }) => emitted.push(state),
    eta: ({ version }) => emitted.push(`eta ${version}`),
    position: ({ t }) => emitted.push(`at ${t}`),
    gone: () => emitted.push('gone'),
    presence: ({ online }) => emitted.push(online ? 'online' : 'gone'),
    notice: () => 0,
    dropped: ({ code }) => emitted.push(code),
  });
  const push = (event: string, payload: unknown, id?: string) => listeners.get(event)!(payload, id);
  return { trip, push, requests, emitted, api, missed };
}

it('emits each version once, in order, and repeats the watch when a driver has accepted', async () => {
  const { trip, push, requests, emitted } = connected();
  void trip.watch('trip');
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  requests[0]!.answer({ trip: tripIn('requested', 1), position: null, presence: null });
  await vi.waitFor(() => expect(emitted).toEqual(['requested']));
  push('trip', tripIn('accepted', 3, 'd'));
  push('trip', tripIn('offered', 2));
  push('trip', tripIn('accepted', 3, 'd'));
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  requests[1]!.answer({ trip: tripIn('accepted', 3, 'd'), position: positionAt(5), presence: null });
  await vi.waitFor(() => expect(emitted).toEqual(['requested', 'accepted', 'at 5']));
  push('position', positionAt(4));
  push('position', { ...positionAt(7), driverId: 'another' });
  push('position', positionAt(6));
  expect(emitted.at(-1)).toBe('at 6');
  push('trip', tripIn('completed', 4, 'd'));
  push('position', positionAt(8));
  expect(emitted).toEqual(['requested', 'accepted', 'at 5', 'at 6', 'completed']);
  expect(requests).toHaveLength(2);
});

it('repeats the watch when a push overtakes the answer', async () => {
  const { trip, push, requests, emitted } = connected();
  void trip.watch('trip');
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  push('trip', tripIn('accepted', 3, 'd'));
  requests[0]!.answer({ trip: tripIn('requested', 1), position: null, presence: null });
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  expect(emitted).toEqual(['accepted']);
});

it('repeats the watch when an estimate reveals a missed change', async () => {
  const { trip, push, requests, emitted } = connected();
  void trip.watch('trip');
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  requests[0]!.answer({ trip: tripIn('accepted', 3, 'd'), position: null, presence: null });
  await vi.waitFor(() => expect(emitted).toEqual(['accepted']));
  push('eta', etaOf(2));
  push('eta', etaOf(3));
  push('eta', etaOf(4));
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  requests[1]!.answer({ trip: tripIn('arriving', 4, 'd'), position: null, presence: null });
  await vi.waitFor(() => expect(emitted).toEqual(['accepted', 'eta 3', 'eta 4', 'arriving']));
});

const entry = (id: string, payload: Trip) => ({ id, event: 'trip', payload, expiresAt: null });

it('emits the versions that a push or an answer reveals as missing first', async () => {
  const { trip, push, requests, emitted, missed } = connected();
  trip.begin(tripIn('requested', 1));
  push('trip', tripIn('requested', 1), '7-1');
  const offered = entry('7-2', tripIn('offered', 2));
  const accepted = entry('7-3', tripIn('accepted', 3, 'd'));
  missed.mockResolvedValueOnce({ entries: [offered, accepted], last: '7-3', complete: true });
  push('trip', accepted.payload, accepted.id);
  await vi.waitFor(() => expect(emitted).toEqual(['requested', 'offered', 'accepted']));
  expect(missed).toHaveBeenCalledWith({ after: '7-1' });

  const arriving = entry('7-4', tripIn('arriving', 4, 'd'));
  missed.mockResolvedValueOnce({ entries: [arriving], last: '7-4', complete: true });
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  requests[0]!.answer({ trip: tripIn('arrived', 5, 'd'), position: positionAt(1), presence: null });
  await vi.waitFor(() => expect(emitted.slice(3)).toEqual(['at 1', 'arriving', 'arrived']));
});

it('emits an end that was missed', async () => {
  const { trip, push, requests, emitted } = connected();
  trip.begin(tripIn('accepted', 3, 'd'));
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  requests[0]!.answer({ trip: tripIn('accepted', 3, 'd'), position: null, presence: null });
  await vi.waitFor(() => expect(emitted).toEqual(['accepted']));
  push('eta', etaOf(4));
  await vi.waitFor(() => expect(requests).toHaveLength(2));
  requests[1]!.refuse(new HexfleetError({ code: 'TRIP_OVER', ...CODES.TRIP_OVER }));
  await vi.waitFor(() => expect(emitted).toEqual(['accepted', 'eta 4', 'TRIP_OVER', 'cancelled']));
});

it('does not emit an end again, even many trips later', async () => {
  const { trip, push, requests, emitted, api } = connected();
  trip.begin(tripIn('accepted', 3, 'd'));
  await vi.waitFor(() => expect(requests).toHaveLength(1));
  push('trip', { ...tripIn('cancelled', 9), id: 'trip' }, '7-1');
  for (let n = 0; n < 100; n += 1)
    push('trip', { ...tripIn('completed', 1), id: `later ${n}` }, `7-${n + 2}`);
  requests[0]!.refuse(new HexfleetError({ code: 'TRIP_OVER', ...CODES.TRIP_OVER }));
  await vi.waitFor(() => expect(api.trip).toHaveBeenCalled());
  await new Promise(setImmediate);
  expect(emitted.at(-1)).toBe('completed');
});
