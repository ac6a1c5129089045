import { z } from 'zod';
import { AuditQuery } from '../../audit.js';
import { NoticeRequest } from '../../notices.js';
import { AuditEntry, Disconnected, Presence } from '../../operations-schemas.js';
import { Incident, IncidentReport } from '../../regions.js';
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
    summary: 'Closes all connections of a user; returns how many were known',
    roles: STAFF,
    params: id,
    answers: json(Disconnected),
  },
  'GET /api/audit': {
    group: 'Dispatch',
    summary: 'Privileged actions, newest first; see [audit log](#audit-log)',
    roles: STAFF,
    query: AuditQuery,
    answers: json(z.object({ entries: z.array(AuditEntry) })),
  },
};
