import { Body, Controller, Param, Put } from '@nestjs/common';
import { DriverProfile, Id } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { DriverProfiles, orUnavailable } from '#store';
import { AuditService } from '../audit/audit.service.js';
import { Caller, For, Guarded, InScope } from '../auth/roles.guard.js';

@Guarded()
@Controller('drivers')
export class DriverProfilesController {
  constructor(
    private readonly profiles: DriverProfiles,
    private readonly audit: AuditService,
  ) {}

  /** Stores who drives, and in which vehicle. A trip keeps the profile that its driver had when accepting it. */
  @Put(':id')
  @InScope('driver')
  @For('service')
  async put(
    @Caller() caller: Identity,
    @Param('id', new ZodPipe(Id)) id: string,
    @Body(new ZodPipe(DriverProfile)) profile: DriverProfile,
  ): Promise<DriverProfile> {
    await this.audit.record(caller, 'driver:profile', { userId: id });
    await orUnavailable(this.profiles.put(id, profile));
    return profile;
  }
}
