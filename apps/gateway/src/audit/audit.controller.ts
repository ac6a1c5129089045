import { Controller, Get, Query } from '@nestjs/common';
import { type AuditEntry, AuditQuery } from '#protocol';
import { ZodPipe } from '#realtime';
import { Audit, orUnavailable } from '#store';
import { For, Guarded } from '../auth/roles.guard.js';

@Guarded()
@Controller('audit')
export class AuditController {
  constructor(private readonly audit: Audit) {}

  /** The newest first; the next page is the one before the last entry. */
  @Get()
  @For('service', 'dispatcher')
  async read(@Query(new ZodPipe(AuditQuery)) query: AuditQuery): Promise<{ entries: AuditEntry[] }> {
    return { entries: await orUnavailable(this.audit.read(query)) };
  }
}
