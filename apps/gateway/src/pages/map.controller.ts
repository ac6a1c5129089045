import { Controller, Get, Header, Inject } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG } from '#ops';
import type { MapSettings } from '#protocol';

/** Map settings of the pages; public, because pages need them before login. */
@Controller('map')
export class MapController {
  readonly #settings: MapSettings;

  constructor(@Inject(CONFIG) { mapboxToken, mapStyle }: Config) {
    const [light, dark = light] = mapStyle.split(',') as [string, string?];
    this.#settings = {
      mapboxToken: mapboxToken ?? null,
      styles: mapStyle === 'offline' ? null : { light, dark },
    };
  }

  @Get()
  @Header('cache-control', 'public, max-age=300')
  settings(): MapSettings {
    return this.#settings;
  }
}
