import { Module } from '@nestjs/common';
import { TokenKeysService } from '../realtime/token-keys.service.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';

@Module({ controllers: [AuditController], providers: [AuditService], exports: [AuditService] })
export class AuditModule {
  constructor(keys: TokenKeysService, audit: AuditService) {
    // While Redis is unavailable, only the metric counts them.
    keys.onRefused((code) => void audit.tokenRefused(code).catch(() => {}));
  }
}
