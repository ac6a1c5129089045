import { z } from 'zod';

const BAD_REQUEST = { error: 'BAD_REQUEST' };

/** Events of which a user can be notified while no page or app of theirs is connected. */
export const NOTIFICATION_KINDS = ['offer', 'arrival', 'message', 'alert'] as const;
export const NotificationKind = z.enum(NOTIFICATION_KINDS, BAD_REQUEST);
/** Kind of a notification. */
export type NotificationKind = z.infer<typeof NotificationKind>;

const base64url = (characters: number) =>
  z.string(BAD_REQUEST).regex(new RegExp(`^[A-Za-z0-9_-]{${characters}}$`), BAD_REQUEST);

/** PUT /api/push/devices/:id: a `PushSubscription` of the browser, as its `toJSON` returns it. */
export const PushDevice = z.object(
  {
    /** address of the push service, at most 1,024 characters */
    endpoint: z.string('BAD_PUSH_ENDPOINT').max(1_024, 'BAD_PUSH_ENDPOINT'),
    /** when the push service ends the subscription, epoch ms; null if it does not say */
    expirationTime: z.number(BAD_REQUEST).nullish(),
    /** keys with which messages to the browser are encrypted */
    keys: z.object(
      {
        /** public key of the browser, P-256, uncompressed, 65 bytes */
        p256dh: base64url(87),
        /** secret of the subscription, 16 bytes */
        auth: base64url(22),
      },
      BAD_REQUEST,
    ),
  },
  BAD_REQUEST,
);
/** Subscription of a device to Web Push. */
export type PushDevice = z.infer<typeof PushDevice>;

/** PUT /api/push/settings: which notifications a user wants, on all devices. */
export const PushSettings = z.object(
  {
    /** kinds that are turned off */
    off: z.array(NotificationKind, BAD_REQUEST).max(NOTIFICATION_KINDS.length, BAD_REQUEST),
    /** whether notifications show the text of messages; without it, they say that there is one */
    previews: z.boolean(BAD_REQUEST),
  },
  BAD_REQUEST,
);
/** Notifications that a user wants. */
export type PushSettings = z.infer<typeof PushSettings>;

export const DEFAULT_PUSH_SETTINGS: PushSettings = { off: [], previews: false };

export const PushState = z.object({
  /** key of this installation, for `applicationServerKey` of `pushManager.subscribe`; base64url */
  publicKey: z.string(),
  /** notifications that the user wants */
  settings: PushSettings,
  /** devices with a subscription */
  devices: z.array(
    z.object({
      /** id of the device, chosen by the client */
      id: z.string(),
      /** when the subscription ends unless it is renewed, epoch ms */
      expiresAt: z.number(),
    }),
  ),
});
/** Answer of GET /api/push. */
export type PushState = z.infer<typeof PushState>;

/** Content of a notification: enough for a text and a link, and no positions. */
export type NotificationContent = {
  /** trip that it is about */
  tripId?: string;
  /** text of a message, up to 200 characters; only if the user allows previews */
  text?: string;
  /** kind of the alert or incident */
  alert?: string;
  /** region of the alert */
  region?: string;
};

/** Data of a Web Push message, JSON. */
export type PushMessage = NotificationContent & {
  /** the same for each delivery of this notification */
  id: string;
  /** event that it is about */
  kind: NotificationKind;
  /** time of the event, epoch ms */
  at: number;
};
