import { type OnApplicationShutdown, UseInterceptors } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { repeatedly } from '#ops';
import type { AlertMarking, FleetAlerts, FleetPage, FleetSearch, TripPage, TripSearch } from '#protocol';
import { AckInterceptor, type IdentifiedSocket, OnRequest } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { BoardAlertsService } from './board-alerts.service.js';
import { FleetRosterService } from './fleet-roster.service.js';
import { TripHistoryService } from './trip-history.service.js';

const ALERTS_INTERVAL_MS = 2_000;

type DispatchSocket = IdentifiedSocket<'/dispatch'>;

/** Requests of boards about the whole fleet: search and alerts. */
@UseInterceptors(AckInterceptor)
@WebSocketGateway({ namespace: '/dispatch' })
export class BoardGateway implements OnApplicationShutdown {
  /** sockets that follow the alerts, with what they were sent last */
  readonly #followers = new Map<DispatchSocket, string>();
  readonly #pushing: NodeJS.Timeout;

  constructor(
    private readonly roster: FleetRosterService,
    private readonly alerts: BoardAlertsService,
    private readonly history: TripHistoryService,
    private readonly audit: AuditService,
  ) {
    this.#pushing = repeatedly(ALERTS_INTERVAL_MS, () => this.#push());
  }

  onApplicationShutdown(): void {
    clearInterval(this.#pushing);
  }

  @OnRequest('/dispatch', 'fleet:search')
  async search(socket: DispatchSocket, search: FleetSearch): Promise<FleetPage> {
    await this.audit.view(socket.data, 'fleet:view');
    return this.roster.search(socket.data, search);
  }

  @OnRequest('/dispatch', 'trips:history')
  async tripHistory(socket: DispatchSocket, search: TripSearch): Promise<TripPage> {
    await this.audit.view(socket.data, 'history:view', { text: 'trips' });
    return this.history.search(socket.data, search);
  }

  @OnRequest('/dispatch', 'alerts:watch')
  async watchAlerts(socket: DispatchSocket): Promise<FleetAlerts> {
    const alerts = await this.alerts.current();
    this.#followers.set(socket, JSON.stringify(alerts));
    return alerts;
  }

  @OnRequest('/dispatch', 'alerts:unwatch')
  unwatchAlerts(socket: DispatchSocket): void {
    this.#followers.delete(socket);
  }

  /** Decides about alerts; the other followers at this gateway are notified at once, those at others with their next push. */
  @OnRequest('/dispatch', 'alerts:mark')
  async markAlerts(socket: DispatchSocket, marking: AlertMarking): Promise<FleetAlerts> {
    const alerts = await this.alerts.mark(socket.data, marking);
    this.#send(alerts);
    return alerts;
  }

  async #push(): Promise<void> {
    for (const socket of this.#followers.keys()) if (socket.disconnected) this.#followers.delete(socket);
    if (this.#followers.size === 0) return;
    // While Redis is unavailable, there is nothing to push.
    const alerts = await this.alerts.current().catch(() => null);
    if (alerts !== null) this.#send(alerts);
  }

  #send(alerts: FleetAlerts): void {
    const text = JSON.stringify(alerts);
    for (const [socket, sent] of this.#followers) {
      if (sent === text || socket.disconnected) continue;
      this.#followers.set(socket, text);
      socket.emit('alerts', alerts);
    }
  }
}
