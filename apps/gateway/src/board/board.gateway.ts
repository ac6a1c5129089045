import { type OnApplicationShutdown, UseInterceptors } from '@nestjs/common';
import { WebSocketGateway } from '@nestjs/websockets';
import { repeatedly } from '#ops';
import type { AlertMarking, FleetAlerts, FleetPage, FleetSearch, TripPage, TripSearch } from '#protocol';
import { AckInterceptor, type IdentifiedSocket, OnRequest, type Rights } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { BoardAlertsService } from './board-alerts.service.js';
import type { OwnedAlert } from './fleet-alerts.js';
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
    const alerts = await this.alerts.concerning(socket.data, await this.alerts.all());
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
    const all = await this.alerts.mark(socket.data, marking);
    await this.#send(all);
    return this.alerts.concerning(socket.data, all);
  }

  async #push(): Promise<void> {
    for (const socket of this.#followers.keys()) if (socket.disconnected) this.#followers.delete(socket);
    if (this.#followers.size === 0) return;
    // While Redis is unavailable, there is nothing to push.
    const all = await this.alerts.all().catch(() => null);
    if (all !== null) await this.#send(all);
  }

  /** Sends each follower what concerns it, if that has changed. */
  async #send(all: readonly OwnedAlert[]): Promise<void> {
    // Most users have the same limits, or none.
    const lists = new Map<string, { alerts: FleetAlerts; text: string }>();
    for (const { data } of [...this.#followers.keys()]) {
      if (lists.has(limitsOf(data))) continue;
      const alerts = await this.alerts.concerning(data, all);
      lists.set(limitsOf(data), { alerts, text: JSON.stringify(alerts) });
    }
    for (const [socket, sent] of this.#followers) {
      const list = lists.get(limitsOf(socket.data));
      if (list === undefined || list.text === sent || socket.disconnected) continue;
      this.#followers.set(socket, list.text);
      socket.emit('alerts', list.alerts);
    }
  }
}

const limitsOf = ({ fleet, regions }: Rights): string => JSON.stringify([fleet, regions]);
