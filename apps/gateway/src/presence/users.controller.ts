import { Controller, Delete, Get, Param } from '@nestjs/common';
import { type Disconnected, Id, type Presence } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { ConnectionsService } from './connections.service.js';

@Guarded()
@Controller('users')
export class UsersController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly audit: AuditService,
  ) {}

  @Get(':id/presence')
  @For('service', 'dispatcher')
  presence(@Param('id', new ZodPipe(Id)) id: string): Promise<Presence> {
    return this.connections.presence(id);
  }

  @Delete(':id/connections')
  @For('service', 'dispatcher')
  async disconnect(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
  ): Promise<Disconnected> {
    await this.audit.record(caller, 'user:disconnect', { userId: id });
    return this.connections.disconnectUser(id);
  }
}
