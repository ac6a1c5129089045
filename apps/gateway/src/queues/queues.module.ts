import { Module } from '@nestjs/common';
import { QueueNotifier } from './queue-notifier.js';
import { QueuesController } from './queues.controller.js';
import { QueuesService } from './queues.service.js';
import { ZoneRulesService } from './zone-rules.service.js';

/** Effects of published zones on requests, and the queues of drivers. */
@Module({
  controllers: [QueuesController],
  providers: [ZoneRulesService, QueuesService, QueueNotifier],
  exports: [ZoneRulesService, QueuesService],
})
export class QueuesModule {}
