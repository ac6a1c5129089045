import { Controller, Delete, Get, Param } from '@nestjs/common';
import { type Disconnected, Id, type Presence } from '#protocol';
import { type Identity, parsed } from '#realtime';
import { HandDesk } from '../actions/dispatch-actions.service.js';
import { Caller, For, Guarded } from '../auth/roles.guard.js';
import { Users } from './connections.service.js';

@Guarded()
@Controller('users')
export class UsersController {
  constructor(
    private readonly users: Users,
    private readonly hands: HandDesk,
  ) {}

  @Get(':id/presence')
  @For('service', 'dispatcher')
  presence(@Param('id', parsed(Id)) id: string): Promise<Presence> {
    return this.users.presence(id);
  }

  @Delete(':id/connections')
  @For('service', 'dispatcher')
  async disconnect(@Caller() caller: Identity, @Param('id', parsed(Id)) id: string): Promise<Disconnected> {
    await this.hands.note(caller, 'user:disconnect', { userId: id });
    return this.users.disconnectUser(id);
  }
}
