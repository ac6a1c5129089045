import { Controller, Get, Query } from '@nestjs/common';
import { type AuditEntry, AuditQuery } from '#protocol';
import { ZodPipe } from '#realtime';
import { For, Guarded } from '../auth/roles.guard.js';
import { AuditService } from './audit.service.js';

@Guarded()
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: AuditService) {}

  /** Returns entries, newest first; the next page begins before the last entry of this one. */
  @Get()
  @For('service', 'dispatcher')
  async read(@Query(new ZodPipe(AuditQuery)) query: AuditQuery): Promise<{ entries: AuditEntry[] }> {
    return { entries: await this.audit.read(query) };
  }
}
