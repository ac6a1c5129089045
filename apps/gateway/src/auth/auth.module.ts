import { Global, Module } from '@nestjs/common';
import { HourlyLimits } from './hourly-limits.js';
import { RequestRateLimiter } from './request-rate-limiter.js';

/** Rate limits of requests. Global, because every controller with a guard needs them. */
@Global()
@Module({ providers: [RequestRateLimiter, HourlyLimits], exports: [RequestRateLimiter, HourlyLimits] })
export class AuthModule {}
