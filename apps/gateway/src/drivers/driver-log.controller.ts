import { Controller, Get, Param } from '@nestjs/common';
import { type DriverLog, HOUR_MS, Id, MAX_DRIVER_LOG, ProtocolError } from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { clock, DriverLogs, orUnavailable, Tracks } from '#store';
import { AuditService } from '../audit/audit.service.js';
import { Caller, Costs, For, Guarded, InScope } from '../auth/roles.guard.js';

/** Serves support what the service saw of one driver. */
@Guarded()
@Controller('drivers')
export class DriverLogController {
  constructor(
    private readonly logs: DriverLogs,
    private readonly tracks: Tracks,
    private readonly audit: AuditService,
  ) {}

  @Get(':id/log')
  @InScope('driver')
  @Costs(5)
  @For('service', 'dispatcher')
  async log(@Caller() caller: Identity, @Param('id', new ZodPipe(Id)) driverId: string): Promise<DriverLog> {
    await this.audit.view(caller, 'log:view', { userId: driverId });
    const now = clock.now();
    const from = now - HOUR_MS;
    // Devices may be ahead of the service by a minute.
    const span = { from, to: now + 60_000 };
    const [entries, track] = await orUnavailable(
      Promise.all([this.logs.read(driverId, now), this.tracks.read(driverId, span)]),
    );
    if (track === null && entries.length === 0) throw new ProtocolError('NO_SUCH_DRIVER');
    const fixes = (track?.fixes ?? [])
      .slice(-MAX_DRIVER_LOG)
      .map(({ t, lat, lng, late }) => ({ t, lat, lng, late }));
    return { driverId, from, entries, fixes };
  }
}
