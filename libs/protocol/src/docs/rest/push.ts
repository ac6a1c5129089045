import { PushDevice, PushSettings, PushState } from '../../push.js';
import { Empty, id, json, type RestRoute, type RouteName } from './route.js';

const USERS = ['rider', 'driver', 'dispatcher'] as const;

/** Routes of notifications to users who have no page or app open. */
export const PUSH: Record<RouteName, RestRoute> = {
  'GET /api/push': {
    group: 'Notifications',
    summary:
      "Public key for subscriptions, and the caller's settings and devices; see [notifications](notifications.md)",
    roles: USERS,
    answers: json(PushState),
  },
  'PUT /api/push/settings': {
    group: 'Notifications',
    summary: 'Turns kinds of notifications off or on, and previews of messages',
    roles: USERS,
    body: PushSettings,
    answers: json(PushSettings),
  },
  'PUT /api/push/devices/:id': {
    group: 'Notifications',
    summary: 'Stores the Web Push subscription of a device, or renews it',
    roles: USERS,
    params: id,
    body: PushDevice,
    answers: json(PushState),
    codes: ['BAD_PUSH_ENDPOINT'],
  },
  'DELETE /api/push/devices/:id': {
    group: 'Notifications',
    summary: 'Removes the subscription of a device',
    roles: USERS,
    params: id,
    answers: json(Empty),
  },
};
