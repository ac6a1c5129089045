import { Logger } from '@nestjs/common';
import { z } from 'zod';
import { type FoundPlace, type Position, ProtocolError } from '#protocol';
import { MAX_FOUND, type PlaceSearch } from './place-search.js';

/** After this time the rider has typed on. */
const TIMEOUT_MS = 2_000;
/** Side of the box in which Nominatim looks first, degrees. */
const BOX = 0.5;
/** Nominatim's usage policy asks for an agent that names the caller. */
const HEADERS = { 'user-agent': 'Hexfleet' };

const Text = z.string().optional().catch(undefined);
const Photon = z.object({
  features: z.array(
    z.object({
      geometry: z.object({ coordinates: z.tuple([z.number(), z.number()]).rest(z.number()) }),
      properties: z.object({
        name: Text,
        street: Text,
        housenumber: Text,
        district: Text,
        city: Text,
        country: Text,
      }),
    }),
  ),
});
const Nominatim = z.array(
  z.object({ lat: z.coerce.number(), lon: z.coerce.number(), name: Text, display_name: z.string() }),
);

/** Photon, https://github.com/komoot/photon#search. */
export class PhotonSearch implements PlaceSearch {
  constructor(private readonly url: string) {}

  async search(text: string, { lat, lng }: Position): Promise<FoundPlace[]> {
    const query = { q: text, lat: String(lat), lon: String(lng), limit: String(MAX_FOUND) };
    const { features } = await ask('photon', Photon, `${base(this.url)}/api`, query);
    return features.flatMap(({ geometry: { coordinates }, properties }) => {
      const { name, street, housenumber, district, city, country } = properties;
      const address = street === undefined ? undefined : [street, housenumber].filter(Boolean).join(' ');
      const title = name ?? address;
      if (title === undefined) return [];
      const detail = [address === title ? undefined : address, district, city ?? country].filter(Boolean);
      return [{ name: title, detail: detail.join(', ') || null, lat: coordinates[1], lng: coordinates[0] }];
    });
  }
}

/** Nominatim, https://nominatim.org/release-docs/latest/api/Search/. */
export class NominatimSearch implements PlaceSearch {
  constructor(private readonly url: string) {}

  async search(text: string, { lat, lng }: Position): Promise<FoundPlace[]> {
    const viewbox = [lng - BOX, lat + BOX, lng + BOX, lat - BOX].join();
    const query = { q: text, format: 'jsonv2', limit: String(MAX_FOUND), viewbox };
    const found = await ask('nominatim', Nominatim, `${base(this.url)}/search`, query);
    return found.map(({ lat, lon, name, display_name }) => {
      const [first, ...rest] = display_name.split(', ');
      return { name: name || first!, detail: rest.slice(0, 3).join(', ') || null, lat, lng: lon };
    });
  }
}

const base = (url: string): string => url.replace(/\/+$/, '');

async function ask<T>(
  name: string,
  schema: z.ZodType<T>,
  url: string,
  query: Record<string, string>,
): Promise<T> {
  try {
    const response = await fetch(`${url}?${new URLSearchParams(query)}`, {
      headers: HEADERS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return schema.parse(await response.json());
  } catch (error) {
    new Logger(name).warn(`no places: ${(error as Error).message}`);
    throw new ProtocolError('UNAVAILABLE', 'the search for places does not answer');
  }
}
