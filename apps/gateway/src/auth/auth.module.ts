import { Global, Module } from '@nestjs/common';
import { HourlyLimits } from './hourly-limits.js';
import { RequestRateLimiter } from './request-rate-limiter.js';
import { ScopeService } from './scope.service.js';

/** Rate limits and rights of requests. Global, because every controller with a guard needs them. */
@Global()
@Module({
  providers: [RequestRateLimiter, HourlyLimits, ScopeService],
  exports: [RequestRateLimiter, HourlyLimits, ScopeService],
})
export class AuthModule {}
