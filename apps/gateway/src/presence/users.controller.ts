import { Controller, Delete, Get, Param, Query } from '@nestjs/common';
import { type Disconnected, Id, type Presence, UserQuery } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';
import { ScopeService } from '../auth/scope.service.js';
import { ConnectionsService } from './connections.service.js';

@Guarded()
@Controller('users')
export class UsersController {
  constructor(
    private readonly connections: ConnectionsService,
    private readonly audit: AuditService,
    private readonly scope: ScopeService,
  ) {}

  @Get(':id/presence')
  @InScope('own')
  @For('service', 'dispatcher')
  async presence(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) id: string): Promise<Presence> {
    await this.scope.user(caller, id);
    await this.audit.view(caller, 'presence:view', { userId: id });
    return this.connections.presence(id);
  }

  @Delete(':id/connections')
  @InScope('own')
  @For('service', 'dispatcher')
  async disconnect(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Query(new ZodPipe(UserQuery)) { role }: UserQuery,
  ): Promise<Disconnected> {
    await this.scope.user(caller, id, role);
    await this.audit.record(caller, 'user:disconnect', { userId: id, text: role });
    return this.connections.disconnectUser(id, role);
  }
}
