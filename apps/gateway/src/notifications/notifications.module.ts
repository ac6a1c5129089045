import { Module } from '@nestjs/common';
import { TripEventsModule } from '../trips/trip-events.module.js';
import { Deliveries } from './deliveries.js';
import { NotificationJobs } from './notification-jobs.js';
import { NotificationsService } from './notifications.service.js';
import { NotifyWebhook } from './notify-webhook.js';
import { PushController } from './push.controller.js';
import { PushService } from './push.service.js';
import { TripNotifications } from './trip-notifications.js';
import { Vapid } from './vapid.js';
import { WebPush } from './web-push.js';

/** Notifications to users who have no page or app open: by Web Push, and by a webhook for other push services. */
@Module({
  imports: [TripEventsModule],
  controllers: [PushController],
  providers: [
    NotificationsService,
    TripNotifications,
    NotificationJobs,
    Deliveries,
    PushService,
    Vapid,
    WebPush,
    NotifyWebhook,
  ],
  exports: [NotificationsService],
})
export class NotificationsModule {}
