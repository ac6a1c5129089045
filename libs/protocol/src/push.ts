import { z } from 'zod';

const BAD_REQUEST = { error: 'BAD_REQUEST' };

/** Events of which a user can be notified while no page or app of theirs is connected. */
export const NOTIFICATION_KINDS = ['offer', 'arrival', 'message', 'alert'] as const;
export const NotificationKind = z.enum(NOTIFICATION_KINDS, BAD_REQUEST);
/** Kind of a notification. */
export type NotificationKind = z.infer<typeof NotificationKind>;

const base64url = (characters: number) =>
  z.string(BAD_REQUEST).regex(new RegExp(`^[A-Za-z0-9_-]{${characters}}$`), BAD_REQUEST);

/** Language of notifications, such as `es` or `es-MX` (BCP 47). */
const Language = z.string(BAD_REQUEST).regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,4}$/, BAD_REQUEST);

/** PUT /api/push/devices/:id: a `PushSubscription` of the browser, as its `toJSON` returns it, and the language of the device. */
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
    /** language in which the device shows notifications */
    language: Language.optional(),
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
    /** language of notifications by other push services; without one, that of the device that subscribed last */
    language: Language.optional(),
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
      /** language of its notifications */
      language: Language.optional(),
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
  /** language of the device, if its subscription has one */
  language?: string | undefined;
};
