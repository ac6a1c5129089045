import { type Config, loadConfig } from '#config';
import { FleetIndex, PublishedZones, type RedisClient, Tracks, ZoneIndexes } from '#store';
import { NoPlaces } from '../../apps/gateway/src/places/place-search.js';
import { PlacesService } from '../../apps/gateway/src/places/places.service.js';
import { ZoneRulesService } from '../../apps/gateway/src/queues/zone-rules.service.js';
import { RouteEstimator } from '../../apps/gateway/src/trips/route-estimator.js';
import { StraightLineRouter } from '../../apps/gateway/src/trips/routing/router.js';
import { TripRoutes } from '../../apps/gateway/src/trips/trip-routes.js';

/** Returns the last parts of a `TripsService` in an installation without streets and published zones. */
export function withoutZones(redis: RedisClient): [PlacesService, FleetIndex, TripRoutes, Config] {
  const published = new PublishedZones(redis);
  const rules = new ZoneRulesService(published, new ZoneIndexes(published));
  const router = new StraightLineRouter();
  const index = new FleetIndex(redis);
  const routes = new TripRoutes(index, new RouteEstimator(new Tracks(redis, 24), router));
  return [new PlacesService(router, new NoPlaces(), rules), index, routes, loadConfig({})];
}
