import { Module } from '@nestjs/common';
import type { Config } from '#config';
import { CONFIG, Metrics } from '#ops';
import { DemoCityRouter } from './demo-city-router.js';
import { OsrmRouter } from './osrm-router.js';
import { ROUTER, StraightLineRouter } from './router.js';

/** Source of estimates, routes and streets. */
@Module({
  providers: [
    {
      provide: ROUTER,
      useFactory: ({ osrmUrl, demoCity }: Config, { routerFailures }: Metrics) => {
        if (osrmUrl !== undefined) return new OsrmRouter(osrmUrl, routerFailures);
        return demoCity ? new DemoCityRouter() : new StraightLineRouter();
      },
      inject: [CONFIG, Metrics],
    },
  ],
  exports: [ROUTER],
})
export class RoutingModule {}
