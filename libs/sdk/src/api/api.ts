import type {
  ActiveAlert,
  AuditEntry,
  Bbox,
  Disconnected,
  DriverProfile,
  DriverState,
  ErasureReport,
  FleetHistory,
  NearbyDriver,
  NodeState,
  Presence,
  Role,
  Trip,
  TripRequest,
  UserExport,
} from '#protocol';
import type { Abortable } from '../util/event-promise.js';
import type { AlertRequest, AuditPage, ChangeOptions, NearbyQuery, NoticeRequest } from './requests.js';
import { path, search } from './rest-client.js';
import { RiderApi } from './rider-api.js';

/** Requests of a service or a dispatcher, and those of riders, most of which they may make as well. */
export class Api extends RiderApi {
  /** Creates a trip for a rider, and assigns the driver if the request names one. */
  createTrip(trip: TripRequest, options: ChangeOptions = {}): Promise<Trip> {
    return this.change('POST', '/api/trips', trip, options);
  }

  /**
   * Assigns a trip to a driver without an offer.
   * @throws {HexfleetError} DRIVER_ON_TRIP; BAD_STATE when another driver has the trip
   */
  assignTrip(id: string, driverId: string, options: ChangeOptions = {}): Promise<Trip> {
    return this.changeTrip(id, { state: 'accepted', driverId }, options);
  }

  /** Returns available drivers, nearest first. */
  async nearbyDrivers(query: NearbyQuery, options: Abortable = {}): Promise<NearbyDriver[]> {
    return (await this.get<{ drivers: NearbyDriver[] }>(`/api/nearby${search(query)}`, options)).drivers;
  }

  /** Returns status, position, counts and profile of a driver. */
  driver(id: string, options: Abortable = {}): Promise<DriverState> {
    return this.get(path`/api/drivers/${id}`, options);
  }

  /** Stores the profile of a driver instead of an earlier one; for a service. @throws {HexfleetError} BAD_PROFILE */
  putDriverProfile(id: string, profile: DriverProfile, options: Abortable = {}): Promise<DriverProfile> {
    return this.send('PUT', path`/api/drivers/${id}`, profile, options);
  }

  /**
   * Takes a driver offline and notifies its app.
   * @throws {HexfleetError} DRIVER_ON_TRIP
   */
  async forceOffline(driverId: string, options: Abortable = {}): Promise<void> {
    await this.send('POST', path`/api/drivers/${driverId}/offline`, {}, options);
  }

  /**
   * Returns where the vehicles of an area were, by default in the last hour.
   * @throws {HexfleetError} AREA_TOO_LARGE, BAD_SPAN for over six hours
   */
  fleetHistory(
    bbox: Bbox,
    span: { from?: number; to?: number } = {},
    options: Abortable = {},
  ): Promise<FleetHistory> {
    return this.get(`/api/fleet/history${search({ bbox, ...span })}`, options);
  }

  /** Returns the running processes of the installation. */
  async nodes(options: Abortable = {}): Promise<NodeState[]> {
    return (await this.get<{ nodes: NodeState[] }>('/api/nodes', options)).nodes;
  }

  /** Returns the connections of a user, with role and node. */
  presence(userId: string, options: Abortable = {}): Promise<Presence> {
    return this.get(path`/api/users/${userId}/presence`, options);
  }

  /**
   * Ends all sockets and streams of a user.
   * @param role of the user: a rider and a driver may have the same id
   * @returns number of known connections
   */
  async disconnectUser(role: Role, userId: string, options: Abortable = {}): Promise<number> {
    const connections = path`/api/users/${userId}/connections` + search({ role });
    return (await this.send<Disconnected>('DELETE', connections, undefined, options)).connections;
  }

  /**
   * Erases a user as rider and as driver, for a service. Repeat it after a failure: it goes on where it stopped.
   * @throws {HexfleetError} USER_ON_TRIP until the open trip has ended
   */
  eraseUser(userId: string, options: Abortable = {}): Promise<ErasureReport> {
    return this.send('DELETE', path`/api/users/${userId}/data`, undefined, options);
  }

  /** Returns everything that is stored about a user, for a service. A track of a week takes some hundred MB. */
  exportUser(userId: string, options: Abortable = {}): Promise<UserExport> {
    return this.get(path`/api/users/${userId}/data`, options);
  }

  /**
   * Sends a notice to the feed of a rider or a driver.
   * @throws {HexfleetError} BAD_TEXT over 500 characters, EMPTY_TEXT
   */
  async sendNotice(userId: string, notice: NoticeRequest, options: ChangeOptions = {}): Promise<void> {
    await this.change('POST', path`/api/users/${userId}/notices`, notice, options);
  }

  /**
   * Sends an alert to everybody in an area or a region: to each connected app once, and to those that connect or come there
   * before it expires.
   * @throws {HexfleetError} BAD_AREA, AREA_TOO_LARGE, BAD_EXPIRY, TOO_MANY_ALERTS
   */
  sendAlert(alert: AlertRequest, options: ChangeOptions = {}): Promise<ActiveAlert> {
    return this.change('POST', '/api/alerts', alert, options);
  }

  /**
   * Withdraws an alert: apps no longer show it, and nobody receives it any more.
   * @throws {HexfleetError} NO_SUCH_ALERT
   */
  async withdrawAlert(id: string, options: Abortable = {}): Promise<void> {
    await this.send('DELETE', path`/api/alerts/${id}`, undefined, options);
  }

  /** Returns the alerts that have not expired, newest first, each with the number of users reached. */
  async alerts(options: Abortable = {}): Promise<ActiveAlert[]> {
    return (await this.get<{ alerts: ActiveAlert[] }>('/api/alerts', options)).alerts;
  }

  /** Returns the audit log of privileged actions, newest first. */
  async audit(query: AuditPage = {}, options: Abortable = {}): Promise<AuditEntry[]> {
    return (await this.get<{ entries: AuditEntry[] }>(`/api/audit${search(query)}`, options)).entries;
  }
}
