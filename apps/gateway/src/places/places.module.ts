import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import { QueuesModule } from '../queues/queues.module.js';
import { RoutingModule } from '../trips/routing/routing.module.js';
import { NominatimSearch, PhotonSearch } from './geocoders.js';
import { DemoCityPlaces, NoPlaces, PLACE_SEARCH } from './place-search.js';
import { PlacesController } from './places.controller.js';
import { PlacesService } from './places.service.js';

/** Where trips begin and end: streets, the places that zones allow, and the search by text. */
@Module({
  imports: [QueuesModule, RoutingModule],
  controllers: [PlacesController],
  providers: [
    {
      provide: PLACE_SEARCH,
      useFactory: ({ photonUrl, nominatimUrl, demoCity }: Config) => {
        if (photonUrl !== undefined) return new PhotonSearch(photonUrl);
        if (nominatimUrl !== undefined) return new NominatimSearch(nominatimUrl);
        return demoCity ? new DemoCityPlaces() : new NoPlaces();
      },
      inject: [CONFIG],
    },
    PlacesService,
  ],
  exports: [PlacesService],
})
export class PlacesModule {}
