import { Body, Controller, Delete, Get, Header, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import type { Request } from 'express';
import { z } from 'zod';
import {
  ImportQuery,
  ProtocolError,
  PublishRequest,
  Region,
  type VersionInfo,
  VersionQuery,
  ZoneId,
  type ZonesComparison,
} from '#protocol';
import { type Identity, ZodPipe } from '#realtime';
import { orUnavailable, PublishedZones, ZoneVersions } from '#store';
import { exportGeoJson, type ZoneCollection } from '#zones';
import { Caller, Costs, For, Guarded, InScope } from '../auth/roles.guard.js';
import { coversRegion } from '../auth/scope.service.js';
import { readImport } from './import-body.js';
import { encodedViewFor, infoFor } from './zone-views.js';
import { type Imported, ZonesService } from './zones.service.js';

const GEOJSON = 'application/geo+json';
const JSON_TYPE = 'application/json; charset=utf-8';
const Version = z.coerce.number({ error: 'BAD_REQUEST' }).int('BAD_REQUEST').min(1, 'BAD_REQUEST');
const OfRegion = () => Param('region', new ZodPipe(Region));

@Guarded()
@Controller('zones')
export class ZonesController {
  constructor(
    private readonly zones: ZonesService,
    private readonly versions: ZoneVersions,
    private readonly published: PublishedZones,
  ) {}

  /** Returns the newest version of each region. */
  @Get()
  @InScope('own')
  @For('service', 'dispatcher', 'driver', 'rider')
  async regions(@Caller() caller: Identity): Promise<{ regions: VersionInfo[] }> {
    const newest = await orUnavailable(this.versions.newest());
    return {
      regions: newest
        .filter(({ region }) => coversRegion(caller, region))
        .map((version) => infoFor(caller.role, version)),
    };
  }

  /** Returns the version in force, as far as the caller may see it, as JSON. */
  @Get(':region')
  @InScope('region')
  @Costs(5)
  @Header('content-type', JSON_TYPE)
  @For('service', 'dispatcher', 'driver', 'rider')
  inForce(@Caller() { role }: Identity, @OfRegion() region: string): string {
    const version = this.published.at(region);
    if (version === null) throw new ProtocolError('NO_SUCH_VERSION');
    return encodedViewFor(role, version);
  }

  @Get(':region/draft')
  @InScope('region')
  @Costs(5)
  @Header('content-type', GEOJSON)
  @For('service', 'dispatcher')
  async draft(@OfRegion() region: string): Promise<ZoneCollection> {
    return exportGeoJson((await this.zones.draft(region)).zones);
  }

  @Post(':region/draft')
  @InScope('region')
  @HttpCode(200)
  @Costs(20)
  @For('service', 'dispatcher')
  async import(
    @Caller() caller: Identity,
    @OfRegion() region: string,
    @Query(new ZodPipe(ImportQuery)) { kind }: ImportQuery,
    @Req() request: Request,
  ): Promise<Imported> {
    return this.zones.import(caller, region, await readImport(request), kind);
  }

  @Delete(':region/draft/locks/:zoneId')
  @InScope('region')
  @For('service', 'dispatcher')
  async unlock(
    @Caller() caller: Identity,
    @OfRegion() region: string,
    @Param('zoneId', new ZodPipe(ZoneId)) zoneId: string,
  ): Promise<object> {
    await this.zones.unlock(caller, region, zoneId);
    return {};
  }

  @Get(':region/comparison')
  @InScope('region')
  @Costs(5)
  @For('service', 'dispatcher')
  compare(
    @OfRegion() region: string,
    @Query(new ZodPipe(VersionQuery)) { version }: VersionQuery,
  ): Promise<ZonesComparison> {
    return this.zones.compare(region, version);
  }

  @Get(':region/versions')
  @InScope('region')
  @For('service', 'dispatcher')
  async list(@OfRegion() region: string): Promise<{ versions: VersionInfo[] }> {
    return { versions: await orUnavailable(this.versions.list(region)) };
  }

  @Post(':region/versions')
  @InScope('region')
  @Costs(5)
  @For('service', 'dispatcher')
  publish(
    @Caller() caller: Identity,
    @OfRegion() region: string,
    @Body(new ZodPipe(PublishRequest)) request: PublishRequest,
  ): Promise<VersionInfo> {
    return this.zones.publish(caller, region, request);
  }

  @Get(':region/versions/:version')
  @InScope('region')
  @Costs(5)
  @Header('content-type', GEOJSON)
  @For('service', 'dispatcher')
  async version(
    @OfRegion() region: string,
    @Param('version', new ZodPipe(Version)) version: number,
  ): Promise<ZoneCollection> {
    const published = await orUnavailable(this.versions.read(region, version));
    if (published === null) throw new ProtocolError('NO_SUCH_VERSION');
    return exportGeoJson(published.zones);
  }
}
