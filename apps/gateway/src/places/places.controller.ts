import { Controller, Get, Query } from '@nestjs/common';
import { type FoundPlaces, PlaceQuery, type StreetPlace, StreetQuery } from '#protocol';
import { ZodPipe } from '#realtime';
import { For, Guarded, InScope } from '../auth/roles.guard.js';
import { PlacesService } from './places.service.js';

@Guarded()
@Controller('places')
export class PlacesController {
  constructor(private readonly places: PlacesService) {}

  @Get()
  @InScope('own')
  @For('service', 'dispatcher', 'rider')
  async search(@Query(new ZodPipe(PlaceQuery)) { q, lat, lng }: PlaceQuery): Promise<FoundPlaces> {
    return { places: await this.places.search(q, { lat, lng }) };
  }

  @Get('nearest')
  @InScope('own')
  @For('service', 'dispatcher', 'rider')
  nearest(@Query(new ZodPipe(StreetQuery)) { use, ...place }: StreetQuery): Promise<StreetPlace> {
    return this.places.nearest(place, use);
  }
}
