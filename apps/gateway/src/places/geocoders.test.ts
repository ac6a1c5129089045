import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { NominatimSearch, PhotonSearch } from './geocoders.js';

const NEAR = { lat: 52.52, lng: 13.4 };
let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as { port: number }).port}/`;
});
afterAll(() => server.close());

/** Answers with a body, and returns the query of the request. */
function answering(body: unknown): () => URLSearchParams {
  let query = new URLSearchParams();
  answer = (request, response) => {
    query = new URL(request.url!, url).searchParams;
    response.end(JSON.stringify(body));
  };
  return () => query;
}

test('Photon finds named places and addresses', async () => {
  const feature = (properties: object) => ({ geometry: { coordinates: [13.37, 52.51] }, properties });
  const query = answering({
    features: [
      feature({
        name: 'Philharmonie',
        street: 'Herbert-von-Karajan-Strasse',
        housenumber: '1',
        city: 'Berlin',
      }),
      feature({ street: 'Unter den Linden', housenumber: '77', district: 'Mitte', city: 'Berlin' }),
      feature({ country: 'Germany' }),
    ],
  });
  expect(await new PhotonSearch(url).search('phil', NEAR)).toEqual([
    { name: 'Philharmonie', detail: 'Herbert-von-Karajan-Strasse 1, Berlin', lat: 52.51, lng: 13.37 },
    { name: 'Unter den Linden 77', detail: 'Mitte, Berlin', lat: 52.51, lng: 13.37 },
  ]);
  expect(Object.fromEntries(query())).toEqual({ q: 'phil', lat: '52.52', lon: '13.4', limit: '8' });
});

test('Nominatim finds places, those in a box around the pin first', async () => {
  const query = answering([
    { lat: '52.51', lon: '13.37', name: '', display_name: '77, Unter den Linden, Mitte, Berlin, Germany' },
  ]);
  expect(await new NominatimSearch(url).search('linden 77', NEAR)).toEqual([
    { name: '77', detail: 'Unter den Linden, Mitte, Berlin', lat: 52.51, lng: 13.37 },
  ]);
  expect(query().get('viewbox')).toBe('12.9,53.02,13.9,52.02');
});

test.each([
  ['answers with an error', (_: IncomingMessage, response: ServerResponse) => response.writeHead(500).end()],
  ['answers with something else', (_: IncomingMessage, response: ServerResponse) => response.end('{}')],
  ['breaks off', (_: IncomingMessage, response: ServerResponse) => response.destroy()],
])('a geocoder that %s is unavailable', async (_, how) => {
  answer = how;
  for (const search of [new PhotonSearch(url), new NominatimSearch(url)])
    await expect(search.search('x', NEAR)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
});
