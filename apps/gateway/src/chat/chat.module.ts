import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module.js';
import { NotificationsModule } from '../notifications/notifications.module.js';
import { DispatchChatGateway, DriverChatGateway, RiderChatGateway } from './chat.gateway.js';
import { ChatService } from './chat.service.js';

@Module({
  imports: [AuditModule, NotificationsModule],
  providers: [ChatService, DriverChatGateway, RiderChatGateway, DispatchChatGateway],
})
export class ChatModule {}
