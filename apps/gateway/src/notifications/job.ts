import type { NotificationContent, NotificationKind } from '#protocol';
import type { PushUser } from '#store';

/** An event of which somebody is to be notified. */
export type Notification = {
  /** the same for each delivery, and if the event is handled again */
  id: string;
  kind: NotificationKind;
  content: NotificationContent;
  /** time of the event, epoch ms */
  at: number;
  /** after which nobody needs it, epoch ms */
  expiresAt: number;
};

/** Dispatchers whom an alert concerns: those of its region, and of its fleet or that of its driver. */
export type AlertAudience = {
  region: string;
  /** missing for that of the driver */
  fleet?: string | null | undefined;
  /** null for an alert about no driver; missing, as the fleet, if it concerns all fleets */
  driverId?: string | null;
};

/** Work of the queue. */
export type Job = { notification: Notification; expiresAt: number } & (
  | { do: 'find-dispatchers'; audience: AlertAudience }
  | { do: 'find-devices'; user: PushUser }
  | { do: 'push'; user: PushUser; deviceId: string; attempt: number }
  | { do: 'post'; user: PushUser | null; language: string | null; attempt: number }
);

export type JobOf<D extends Job['do']> = Extract<Job, { do: D }>;

/** Result of one attempt to deliver: `gone` if the receiver does not exist any more, `retry` if it may succeed later. */
export type Delivered = 'sent' | 'gone' | 'refused' | 'uncertain' | { retryInMs: number | null };
