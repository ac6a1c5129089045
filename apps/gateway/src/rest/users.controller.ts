import { Controller, Delete, Get, Param } from '@nestjs/common';
import { type Disconnected, Id, type Presence } from '#protocol';
import { parsed } from '#realtime';
import { Users } from '../presence/users.js';
import { For, Guarded } from './auth.js';

@Guarded()
@Controller('users')
export class UsersController {
  constructor(private readonly users: Users) {}

  @Get(':id/presence')
  @For('service', 'dispatcher')
  presence(@Param('id', parsed(Id)) id: string): Promise<Presence> {
    return this.users.presence(id);
  }

  @Delete(':id/connections')
  @For('service', 'dispatcher')
  disconnect(@Param('id', parsed(Id)) id: string): Promise<Disconnected> {
    return this.users.disconnectUser(id);
  }
}
