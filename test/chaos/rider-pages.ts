/** Program: riders who follow their trips with the sdk, as on pages; its process can be frozen. */
import { RiderClient } from '#sdk';

export type RiderPage = { token: string; tripId: string };

const { RIDER_PAGES, SERVICE_URL } = process.env;
const pages: RiderPage[] = JSON.parse(RIDER_PAGES!);
for (const { token, tripId } of pages) {
  const client = new RiderClient({ url: SERVICE_URL!, token });
  await client.connect();
  await client.watchTrip(tripId);
}
process.send!({ type: 'ready', url: '' });
