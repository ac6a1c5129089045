import 'reflect-metadata';
import { MESSAGE_METADATA } from '@nestjs/websockets/constants.js';
import { describe, expect, test } from 'vitest';
import type {
  FeedStreamEvents,
  Frame,
  NearbyStreamEvents,
  NearbyView,
  NearbyWatch,
  Trip,
  TripStreamEvents,
  TripWatch,
  WatchedTrip,
} from '#protocol';
import { partOf } from '#protocol/wire';
import { type EventStream, type Hub, type IdentifiedSocket, OnRequest } from '#realtime';
import { BoardGateway } from '../../apps/gateway/src/board/board.gateway.js';
import {
  DispatchChatGateway,
  DriverChatGateway,
  RiderChatGateway,
} from '../../apps/gateway/src/chat/chat.gateway.js';
import { DriverGateway } from '../../apps/gateway/src/drivers/driver.gateway.js';
import { DispatchGateway } from '../../apps/gateway/src/fleet/dispatch.gateway.js';
import type { EventSink } from '../../apps/gateway/src/http-streams/event-sink.js';
import { RiderGateway } from '../../apps/gateway/src/riders/rider.gateway.js';
import { ZonesGateway } from '../../apps/gateway/src/zones/zones.gateway.js';
import type { Connection } from '../../libs/sdk/src/connection/connection.js';
import { ask, pushes, type StockClient } from '../fixtures/clients.js';

// Code that must not compile: `tsc` fails on an unused expectation of an error. None of this runs.

type RiderSocket = IdentifiedSocket<'/rider'>;

export function pushesOfTheService(hub: Hub, socket: RiderSocket, frame: Frame, trip: Trip): void {
  const rider = { namespace: '/rider' as const, room: 'r' };
  const dispatch = { namespace: '/dispatch' as const, room: 'r' };
  hub.emit(rider, 'cars', frame);
  hub.emitKept(rider, 'trip', trip, '1-1');
  socket.emit('cars', frame);
  // @ts-expect-error an event that is not in the table
  hub.emit(rider, 'car', frame);
  // @ts-expect-error a push of another namespace
  hub.emit(dispatch, 'cars', frame);
  // @ts-expect-error a payload of another push
  hub.emit(rider, 'cars', trip);
  // @ts-expect-error a push without a feed has no id
  hub.emitKept(dispatch, 'trip', trip, '1-1');
  // @ts-expect-error in rooms shared by two namespaces, only events of both
  hub.emit({ namespace: '/rider' as '/rider' | '/dispatch', room: 'r' }, 'fleet', frame);
  // @ts-expect-error an event that is not in the table, to one socket
  socket.emit('car', frame);
  // @ts-expect-error a payload of another push, to one socket
  socket.emit('cars', trip);
}

export function eventsOfTheStreams(
  feed: EventSink<FeedStreamEvents>,
  nearby: EventSink<NearbyStreamEvents>,
  trips: EventStream<TripStreamEvents>,
  frame: Frame,
  trip: Trip,
): void {
  feed.send('trip', trip, '1-1');
  nearby.send('cars', frame);
  trips.end('end', { reason: 'completed' });
  // @ts-expect-error an event that is not in the table
  feed.send('trips', trip);
  // @ts-expect-error a push that this stream does not have
  nearby.send('trip', trip);
  // @ts-expect-error a payload of another push
  nearby.send('cars', trip);
  // @ts-expect-error cars without their cells
  nearby.send('snapshot', { cars: [{ id: 'c' }] });
  // @ts-expect-error a reason that does not end a trip stream
  trips.end('end', { reason: 'expired' });
}

export function messagesOfRooms(hub: Hub): void {
  hub.listen('/rider', {
    event: (message) => {
      if (message.event === 'position') message.payload.driverId.at(0);
      // @ts-expect-error a field that this push does not have
      if (message.event === 'position') message.payload.tripId.at(0);
      // @ts-expect-error a push of another namespace
      if (message.event === 'incident') message.payload.at();
    },
  });
}

export function requestsOfTheSdk(rider: Connection<'/rider'>): void {
  rider.request('trip:watch', { tripId: 't' }).then(({ presence }) => presence?.online);
  rider.on('presence', ({ online }) => online);
  rider.on('trip', ({ state }, id) => [state, id]);
  // @ts-expect-error an event that is not in the table
  rider.request('trip:wach', { tripId: 't' });
  // @ts-expect-error a request of another namespace
  rider.request('fleet:watch', { bbox: [0, 0, 1, 1], zoom: 12 });
  // @ts-expect-error a wrong payload
  rider.request('trip:watch', { driverId: 'd' });
  // @ts-expect-error a response that the request does not have
  rider.request('trip:watch', { tripId: 't' }).then(({ cars }) => cars);
  // @ts-expect-error a push of another namespace
  rider.on('offer', () => {});
  // @ts-expect-error a field that the push does not have
  rider.on('presence', ({ isOnline }) => isOnline);
}

export function requestsOfTestClients(client: StockClient): void {
  ask(client, 'trip:watch', { tripId: 't' }).then(({ presence }) => presence?.online);
  // @ts-expect-error an event that is not in the table
  ask(client, 'trip:wach', { tripId: 't' });
  // @ts-expect-error a response that the request does not have
  ask(client, 'trip:watch', { tripId: 't' }).then(({ cars }) => cars);
  // @ts-expect-error a push that is not in the table
  pushes(client, 'car');
}

declare const view: NearbyView;
declare const watched: WatchedTrip;

export class Handlers {
  @OnRequest('/rider', 'nearby:watch')
  async watchNearby(_socket: RiderSocket, _area: NearbyWatch): Promise<NearbyView> {
    return view;
  }

  @OnRequest('/rider', 'nearby:unwatch')
  unwatchNearby(): void {}

  @OnRequest(['/rider', '/driver'], 'chat:typing')
  async type(_socket: IdentifiedSocket<'/rider' | '/driver'>): Promise<void> {}

  // @ts-expect-error without the presence, which the SDK reads
  @OnRequest('/rider', 'trip:watch')
  async watchTrip(_socket: RiderSocket, _watch: TripWatch): Promise<Omit<WatchedTrip, 'presence'>> {
    return watched;
  }

  // @ts-expect-error a socket of another namespace
  @OnRequest('/rider', 'nearby:unwatch')
  unwatchWrongly(_socket: IdentifiedSocket<'/driver'>): void {}

  // @ts-expect-error a socket of one of the namespaces only
  @OnRequest(['/rider', '/driver'], 'chat:typing')
  async typeWrongly(_socket: RiderSocket): Promise<void> {}

  // @ts-expect-error a payload of another request
  @OnRequest('/rider', 'nearby:watch')
  async watchWrongly(_socket: RiderSocket, _trip: TripWatch): Promise<NearbyView> {
    return view;
  }
}

/** Events handled by methods of a gateway or its base class. */
function eventsOf(prototype: object | null): string[] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.values(Object.getOwnPropertyDescriptors(prototype)).flatMap(({ value }) =>
    typeof value === 'function' ? [Reflect.getMetadata(MESSAGE_METADATA, value) as string | undefined] : [],
  );
  return [...own.filter((event) => event !== undefined), ...eventsOf(Object.getPrototypeOf(prototype))];
}

describe('a request handler', () => {
  test('is bound to its event and receives a payload validated by the wire schema', () => {
    expect(Reflect.getMetadata(MESSAGE_METADATA, Handlers.prototype.watchNearby)).toBe('nearby:watch');
  });

  test.each([
    // Bound to the socket itself: fixes because of their volume, and the token in every namespace.
    ['/driver', [DriverGateway, DriverChatGateway], ['clock', 'fixes', 'token']],
    ['/rider', [RiderGateway, RiderChatGateway], ['clock', 'token']],
    ['/dispatch', [BoardGateway, DispatchGateway, DispatchChatGateway, ZonesGateway], ['clock', 'token']],
  ] as const)('is there for every request of %s, once', (namespace, gateways, bound) => {
    const handled = gateways.flatMap(({ prototype }) => eventsOf(prototype));
    expect([...handled, ...bound].sort()).toEqual(Object.keys(partOf(namespace).requests).sort());
  });

  test('cannot be bound in a namespace where the event is different or missing', () => {
    expect(() => OnRequest(['/rider', '/dispatch'] as never, 'trip:watch' as never)).toThrow();
  });
});
