import { z } from 'zod';
import { ActiveAlert, AlertRequest } from '../../alerts.js';
import { AuditQuery } from '../../audit.js';
import { NoticeRequest } from '../../notices.js';
import { AuditEntry, Disconnected, ErasureReport, Presence, UserExport } from '../../operations-schemas.js';
import { Incident, IncidentReport } from '../../regions.js';
import { UserQuery } from '../../roles.js';
import { Empty, EVERYBODY, id, json, type RestRoute, type RouteName, STAFF } from './route.js';

/** Routes with which dispatch and back ends act on users. */
export const DISPATCH: Record<RouteName, RestRoute> = {
  'POST /api/incidents': {
    group: 'Dispatch',
    summary: 'Reports an incident to dispatch',
    roles: EVERYBODY,
    only: '`tripId` names a trip of the caller',
    body: IncidentReport,
    status: 201,
    answers: json(Incident),
    codes: ['NO_SUCH_TRIP', 'NOT_YOUR_TRIP', 'IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED'],
    headers: ['Idempotency-Key'],
  },
  'POST /api/alerts': {
    group: 'Dispatch',
    summary: 'Sends an alert to everybody in an area or a region; see [alerts](#alerts-to-an-area)',
    roles: STAFF,
    body: AlertRequest,
    status: 201,
    answers: json(ActiveAlert),
    codes: ['BAD_EXPIRY', 'AREA_TOO_LARGE', 'TOO_MANY_ALERTS', 'IDEMPOTENCY_KEY_REUSED', 'RATE_LIMITED'],
    headers: ['Idempotency-Key'],
  },
  'GET /api/alerts': {
    group: 'Dispatch',
    summary: 'Alerts that have not expired, newest first, with the number of users reached',
    roles: STAFF,
    answers: json(z.object({ alerts: z.array(ActiveAlert) })),
  },
  'DELETE /api/alerts/:id': {
    group: 'Dispatch',
    summary: 'Withdraws an alert: apps no longer show it, and nobody receives it any more',
    roles: STAFF,
    params: id,
    answers: json(Empty),
    codes: ['NO_SUCH_ALERT'],
  },
  'POST /api/users/:id/notices': {
    group: 'Dispatch',
    summary: 'Sends a notice to a rider or a driver',
    roles: STAFF,
    params: id,
    body: NoticeRequest,
    answers: json(Empty),
    codes: ['IDEMPOTENCY_KEY_REUSED'],
    headers: ['Idempotency-Key'],
  },
  'GET /api/users/:id/presence': {
    group: 'Dispatch',
    summary: 'Connections of a user, and when the user was last seen',
    roles: STAFF,
    params: id,
    answers: json(Presence),
  },
  'DELETE /api/users/:id/connections': {
    group: 'Dispatch',
    summary: 'Closes all sockets and streams of a user with a role; returns how many connections were known',
    roles: STAFF,
    params: id,
    query: UserQuery,
    answers: json(Disconnected),
  },
  'GET /api/users/:id/data': {
    group: 'Dispatch',
    summary:
      'Everything that is stored about a user as rider or driver; see [data of users](privacy.md#data-of-users)',
    roles: ['service'],
    params: id,
    answers: json(UserExport),
    codes: ['RATE_LIMITED'],
  },
  'DELETE /api/users/:id/data': {
    group: 'Dispatch',
    summary: 'Erases a user as rider and driver; see [erasure](privacy.md#erasure)',
    roles: ['service'],
    params: id,
    answers: json(ErasureReport),
    codes: ['USER_ON_TRIP', 'RATE_LIMITED'],
  },
  'GET /api/audit': {
    group: 'Dispatch',
    summary: 'Privileged actions, newest first; see [audit log](#audit-log)',
    roles: STAFF,
    query: AuditQuery,
    answers: json(z.object({ entries: z.array(AuditEntry) })),
  },
};
