import type {
  DrivingRoute,
  Incident,
  Position,
  PushDevice,
  PushSettings,
  PushState,
  ServiceHere,
  Track,
  Trip,
  TripChange,
  TripRoute,
  TripState,
  TripSummary,
} from '#protocol';
import type { Abortable } from '../util/event-promise.js';
import type { ChangeOptions, IncidentReport, TrackQuery } from './requests.js';
import { path, RestClient, search } from './rest-client.js';

/** Requests of every user: trips, tracks, incidents and notifications. */
export class UserApi extends RestClient {
  /** Returns the open trip of a rider or driver, including one offered to the driver; for dispatch all of them, 1,000 at most. */
  async openTrips(options: Abortable = {}): Promise<Trip[]> {
    return (await this.get<{ trips: Trip[] }>('/api/trips', options)).trips;
  }

  /** Returns a trip as it is now; for its parties, a service or a dispatcher. */
  trip(id: string, options: Abortable = {}): Promise<Trip> {
    return this.get(path`/api/trips/${id}`, options);
  }

  /**
   * Moves a trip to a state, or makes a change that needs more than its state; for its driver, a service or a dispatcher.
   * @throws {HexfleetError} BAD_STATE, NOT_YOUR_TRIP, WRONG_PIN, NO_SHOW_TOO_EARLY
   */
  changeTrip(id: string, change: TripState | TripChange, options: ChangeOptions = {}): Promise<Trip> {
    const body = typeof change === 'string' ? { state: change } : change;
    return this.change('PATCH', path`/api/trips/${id}`, body, options);
  }

  /** Cancels a trip; for its rider, its driver, a service or a dispatcher. @throws {HexfleetError} BAD_STATE when it has ended */
  cancelTrip(id: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.changeTrip(id, 'cancelled', options);
  }

  /** Returns the way that the driver of a trip still has to drive; null without a router, without a car and while it waits. */
  async route(tripId: string, options: Abortable = {}): Promise<DrivingRoute | null> {
    return (await this.get<TripRoute>(path`/api/trips/${tripId}/route`, options)).route;
  }

  /** Returns the summary of a trip that has ended. */
  summary(id: string, options: Abortable = {}): Promise<TripSummary> {
    return this.get(path`/api/trips/${id}/summary`, options);
  }

  /** Returns the track of a driver; by default of the last hour, or of the whole trip. */
  track(driverId: string, query: TrackQuery = {}, options: Abortable = {}): Promise<Track> {
    return this.get(path`/api/drivers/${driverId}/track` + search(query), options);
  }

  /** Returns the zones around a place, as far as this user may see them, and the vehicle classes near it. */
  service({ lat, lng }: Position, options: Abortable = {}): Promise<ServiceHere> {
    return this.get(`/api/service${search({ lat, lng })}`, options);
  }

  /**
   * Reports an incident to dispatch, and retries until it is stored.
   * @throws {HexfleetError} BAD_TEXT, NO_SUCH_TRIP, NOT_YOUR_TRIP; RATE_LIMITED after 20 in an hour
   */
  reportIncident(report: IncidentReport, options: ChangeOptions = {}): Promise<Incident> {
    return this.change('POST', '/api/incidents', report, options);
  }

  /** Returns the key for subscriptions to Web Push, and the settings and devices of this user; not for a service. */
  push(options: Abortable = {}): Promise<PushState> {
    return this.get('/api/push', options);
  }

  /**
   * Stores the subscription of a device, as `PushSubscription.toJSON` returns it, with the language of its notifications, or
   * renews it for sixty days; not for a service.
   * @param deviceId the one of the client of this device, which gets no notifications while it is connected
   * @throws {HexfleetError} BAD_PUSH_ENDPOINT
   */
  subscribePush(deviceId: string, subscription: PushDevice, options: Abortable = {}): Promise<PushState> {
    return this.send('PUT', path`/api/push/devices/${deviceId}`, subscription, options);
  }

  /** Removes the subscription of a device; not for a service. */
  async unsubscribePush(deviceId: string, options: Abortable = {}): Promise<void> {
    await this.send('DELETE', path`/api/push/devices/${deviceId}`, undefined, options);
  }

  /** Sets which notifications this user gets, on all devices; not for a service. */
  setPushSettings(settings: PushSettings, options: Abortable = {}): Promise<PushSettings> {
    return this.send('PUT', '/api/push/settings', settings, options);
  }
}
